import unittest

from checkdigits.isbn13 import is_isbn13


class Isbn13Test(unittest.TestCase):
    def test_right_ones(self) -> None:
        for text in ['9780306406157', '978-0-306-40615-7']:
            self.assertIs(is_isbn13(text), True, text)

    def test_wrong_ones(self) -> None:
        for text in ['9780306406158', '9770306406158', '978030640615']:
            self.assertIs(is_isbn13(text), False, text)
