from sheet.functions.math.roman import ROMAN

from ...support import FunctionTestCase


class RomanTest(FunctionTestCase):
    def test_classic_form(self):
        self.assertEqual(ROMAN(499), "CDXCIX")
        self.assertEqual(ROMAN(2024), "MMXXIV")
        self.assertEqual(ROMAN(4.9), "IV")

    def test_nothing(self):
        self.assertEqual(ROMAN(0), "")

    def test_out_of_range(self):
        self.assert_error("#VALUE!", ROMAN, 4000)
        self.assert_error("#VALUE!", ROMAN, -1)
