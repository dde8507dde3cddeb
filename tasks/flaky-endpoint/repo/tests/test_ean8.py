import unittest

from checkdigits.ean8 import is_ean8


class Ean8Test(unittest.TestCase):
    def test_right_ones(self) -> None:
        for text in ['73513537', '96385074']:
            self.assertIs(is_ean8(text), True, text)

    def test_wrong_ones(self) -> None:
        for text in ['73513536', '7351353', '735135377']:
            self.assertIs(is_ean8(text), False, text)
