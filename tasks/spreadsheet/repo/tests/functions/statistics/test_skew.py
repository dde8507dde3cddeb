from sheet.functions.statistics.skew import SKEW

from ...support import FunctionTestCase


class SkewTest(FunctionTestCase):
    def test_known_value(self):
        self.assert_close(SKEW([[3, 4, 5, 2, 3, 4, 5, 6, 4, 7]]), 0.3595430714067974)

    def test_symmetric_data(self):
        self.assert_close(SKEW(1, 2, 3), 0)

    def test_too_few(self):
        self.assert_error("#DIV/0!", SKEW, 1, 2)
