import unittest

from checkdigits.vin import is_vin


class VinTest(unittest.TestCase):
    def test_right_ones(self) -> None:
        for text in ['1M8GDM9AXKP042788', '11111111111111111']:
            self.assertIs(is_vin(text), True, text)

    def test_wrong_ones(self) -> None:
        for text in ['1M8GDM9A1KP042788', '1M8GDM9AXKP04278', 'IM8GDM9AXKP042788']:
            self.assertIs(is_vin(text), False, text)
