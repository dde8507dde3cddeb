import unittest

from checkdigits.isin import is_isin


class IsinTest(unittest.TestCase):
    def test_right_ones(self) -> None:
        for text in ['US0378331005', 'AU0000XVGZA3']:
            self.assertIs(is_isin(text), True, text)

    def test_wrong_ones(self) -> None:
        for text in ['US0378331006', 'us0378331005', 'US037833100']:
            self.assertIs(is_isin(text), False, text)
