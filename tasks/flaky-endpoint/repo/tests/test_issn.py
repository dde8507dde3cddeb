import unittest

from checkdigits.issn import is_issn


class IssnTest(unittest.TestCase):
    def test_right_ones(self) -> None:
        for text in ['0378-5955', '2434-561X']:
            self.assertIs(is_issn(text), True, text)

    def test_wrong_ones(self) -> None:
        for text in ['0378-5954', '03785955', '2434-561x']:
            self.assertIs(is_issn(text), False, text)
