from sheet.functions.lookup.sort import SORT

from ...support import FunctionTestCase


class SortTest(FunctionTestCase):
    def test_rows(self):
        self.assertEqual(SORT([[3], ["b"], [1], ["A"]]), [[1], [3], ["A"], ["b"]])
        self.assertEqual(SORT([["x", 2], ["y", 1], ["z", 2]], 2, -1), [["x", 2], ["z", 2], ["y", 1]])

    def test_columns(self):
        self.assertEqual(SORT([[3, 1, 2]], 1, 1, True), [[1, 2, 3]])

    def test_impossible_choices(self):
        self.assert_error("#VALUE!", SORT, [[1]], 2)
        self.assert_error("#VALUE!", SORT, [[1]], 1, 0)
