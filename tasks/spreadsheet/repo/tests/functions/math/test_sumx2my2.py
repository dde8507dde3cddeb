from sheet.functions.math.sumx2my2 import SUMX2MY2

from ...support import FunctionTestCase


class Sumx2my2Test(FunctionTestCase):
    def test_differences_of_squares(self):
        self.assertEqual(SUMX2MY2([[2, 3, 9]], [[6, 5, 11]]), -88)
        self.assertEqual(SUMX2MY2([[3, "x"]], [[1, 100]]), 8)

    def test_sizes_that_differ(self):
        self.assert_error("#N/A", SUMX2MY2, [[1, 2]], [[1]])
