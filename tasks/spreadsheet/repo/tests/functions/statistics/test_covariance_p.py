from sheet.functions.statistics.covariance_p import COVARIANCE_P

from ...support import FunctionTestCase


class CovariancePTest(FunctionTestCase):
    def test_known_value(self):
        self.assert_close(COVARIANCE_P([[3, 2, 4, 5, 6]], [[9, 7, 12, 15, 17]]), 5.2)

    def test_no_pairs(self):
        self.assert_error("#DIV/0!", COVARIANCE_P, [["x"]], [[1]])

    def test_sizes_that_differ(self):
        self.assert_error("#N/A", COVARIANCE_P, [[1, 2]], [[1]])
