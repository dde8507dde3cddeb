from sheet.functions.lookup.filter import FILTER

from ...support import FunctionTestCase


class FilterTest(FunctionTestCase):
    def test_rows_and_columns(self):
        self.assertEqual(FILTER([[1, "a"], [2, "b"], [3, "c"]], [[True], [False], [1]]), [[1, "a"], [3, "c"]])
        self.assertEqual(FILTER([[1, 2, 3]], [[0, 1, 1]]), [[2, 3]])

    def test_nothing_is_left(self):
        self.assertEqual(FILTER([[1], [2]], [[0], [0]], "none"), [["none"]])
        self.assert_error("#N/A", FILTER, [[1], [2]], [[0], [0]])

    def test_sizes_that_differ(self):
        self.assert_error("#VALUE!", FILTER, [[1], [2]], [[1], [1], [1]])
