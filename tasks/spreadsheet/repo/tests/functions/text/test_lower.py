from sheet.functions.text.lower import LOWER

from ...support import FunctionTestCase


class LowerTest(FunctionTestCase):
    def test_letters(self):
        self.assertEqual(LOWER("E. E. Cummings"), "e. e. cummings")
        self.assertEqual(LOWER("\u00c4B1"), "\u00e4b1")

    def test_other_values(self):
        self.assertEqual(LOWER(True), "true")
