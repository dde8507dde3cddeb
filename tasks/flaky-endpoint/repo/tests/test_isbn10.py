import unittest

from checkdigits.isbn10 import is_isbn10


class Isbn10Test(unittest.TestCase):
    def test_right_ones(self) -> None:
        for text in ['0306406152', '0-306-40615-2', '080442957X']:
            self.assertIs(is_isbn10(text), True, text)

    def test_wrong_ones(self) -> None:
        for text in ['0306406153', '0804429X75', '030640615', '-0306406152']:
            self.assertIs(is_isbn10(text), False, text)
