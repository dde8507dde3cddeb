import unittest

from checkdigits.aba import is_aba


class AbaTest(unittest.TestCase):
    def test_right_ones(self) -> None:
        for text in ['111000025', '021000021']:
            self.assertIs(is_aba(text), True, text)

    def test_wrong_ones(self) -> None:
        for text in ['111000026', '000000000', '02100002']:
            self.assertIs(is_aba(text), False, text)
