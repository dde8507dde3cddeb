import unittest

from checkdigits.lei import is_lei


class LeiTest(unittest.TestCase):
    def test_right_ones(self) -> None:
        for text in ['5493001KJTIIGC8Y1R12', '213800WSGIIZCXF1P572']:
            self.assertIs(is_lei(text), True, text)

    def test_wrong_ones(self) -> None:
        for text in ['5493001KJTIIGC8Y1R13', '5493001KJTIIGC8Y1R1']:
            self.assertIs(is_lei(text), False, text)
