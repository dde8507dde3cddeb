import unittest

from checkdigits.cusip import is_cusip


class CusipTest(unittest.TestCase):
    def test_right_ones(self) -> None:
        for text in ['037833100', '17275R102']:
            self.assertIs(is_cusip(text), True, text)

    def test_wrong_ones(self) -> None:
        for text in ['037833101', '03783310', '17275r102']:
            self.assertIs(is_cusip(text), False, text)
