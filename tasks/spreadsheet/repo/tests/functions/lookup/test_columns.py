from sheet.functions.lookup.columns import COLUMNS

from ...support import FunctionTestCase


class ColumnsTest(FunctionTestCase):
    def test_counts_columns(self):
        self.assertEqual(COLUMNS([[1, 2, 3], [4, 5, 6]]), 3)
        self.assertEqual(COLUMNS([[1], [2]]), 1)

    def test_a_single_value(self):
        self.assertEqual(COLUMNS(5), 1)
