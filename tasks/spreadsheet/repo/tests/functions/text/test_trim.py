from sheet.functions.text.trim import TRIM

from ...support import FunctionTestCase


class TrimTest(FunctionTestCase):
    def test_spaces(self):
        self.assertEqual(TRIM("  First   Quarter "), "First Quarter")

    def test_other_white_space_stays(self):
        self.assertEqual(TRIM("\ta  b\t"), "\ta b\t")

    def test_other_values(self):
        self.assertEqual(TRIM(None), "")
        self.assertEqual(TRIM(5), "5")
