from sheet.functions.math.arabic import ARABIC

from ...support import FunctionTestCase


class ArabicTest(FunctionTestCase):
    def test_adds_and_subtracts_letters(self):
        self.assertEqual(ARABIC("LVII"), 57)
        self.assertEqual(ARABIC("mcmxii"), 1912)

    def test_blank_and_negative(self):
        self.assertEqual(ARABIC(""), 0)
        self.assertEqual(ARABIC("-XL"), -40)

    def test_other_characters(self):
        self.assert_error("#VALUE!", ARABIC, "X5")
