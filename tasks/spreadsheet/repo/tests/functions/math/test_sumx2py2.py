from sheet.functions.math.sumx2py2 import SUMX2PY2

from ...support import FunctionTestCase


class Sumx2py2Test(FunctionTestCase):
    def test_sums_of_squares(self):
        self.assertEqual(SUMX2PY2([[2, 3, 9]], [[6, 5, 11]]), 276)
        self.assertEqual(SUMX2PY2([[3], [None]], [[1], [100]]), 10)

    def test_sizes_that_differ(self):
        self.assert_error("#N/A", SUMX2PY2, [[1, 2]], [[1]])
