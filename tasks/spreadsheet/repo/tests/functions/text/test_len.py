from sheet.functions.text.len import LEN

from ...support import FunctionTestCase


class LenTest(FunctionTestCase):
    def test_counts_characters(self):
        self.assertEqual(LEN("Phoenix, AZ"), 11)
        self.assertEqual(LEN("  "), 2)

    def test_other_values(self):
        self.assertEqual(LEN(1234.5), 6)
        self.assertEqual(LEN(None), 0)
