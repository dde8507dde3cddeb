from sheet.functions.math.mmult import MMULT

from ...support import FunctionTestCase


class MmultTest(FunctionTestCase):
    def test_multiplies_rows_by_columns(self):
        self.assertEqual(MMULT([[1, 3], [7, 2]], [[2, 0], [0, 2]]), [[2, 6], [14, 4]])
        self.assertEqual(MMULT([[1, 2, 3]], [[4], [5], [6]]), [[32]])

    def test_sizes_that_do_not_fit(self):
        self.assert_error("#VALUE!", MMULT, [[1, 2]], [[1, 2]])
        self.assert_error("#VALUE!", MMULT, [[1, None]], [[1], [2]])
