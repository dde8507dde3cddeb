from sheet.functions.lookup.rows import ROWS

from ...support import FunctionTestCase


class RowsTest(FunctionTestCase):
    def test_counts_rows(self):
        self.assertEqual(ROWS([[1, 2, 3], [4, 5, 6]]), 2)
        self.assertEqual(ROWS([[1, 2]]), 1)

    def test_a_single_value(self):
        self.assertEqual(ROWS("x"), 1)
