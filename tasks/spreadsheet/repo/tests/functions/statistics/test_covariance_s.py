from sheet.functions.statistics.covariance_s import COVARIANCE_S

from ...support import FunctionTestCase


class CovarianceSTest(FunctionTestCase):
    def test_known_value(self):
        self.assert_close(COVARIANCE_S([[2, 4, 8]], [[5, 11, 12]]), 9.666666666666666)

    def test_one_pair(self):
        self.assert_error("#DIV/0!", COVARIANCE_S, [[1]], [[1]])

    def test_sizes_that_differ(self):
        self.assert_error("#N/A", COVARIANCE_S, [[1, 2]], [[1]])
