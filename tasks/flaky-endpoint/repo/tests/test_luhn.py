import unittest

from checkdigits.luhn import is_luhn


class LuhnTest(unittest.TestCase):
    def test_right_ones(self) -> None:
        for text in ['4539578763621486', '4539 5787 6362 1486']:
            self.assertIs(is_luhn(text), True, text)

    def test_wrong_ones(self) -> None:
        for text in ['4539578763621487', '4539  578763621486', '', '453957876362']:
            self.assertIs(is_luhn(text), False, text)
