from sheet.functions.statistics.skew_p import SKEW_P

from ...support import FunctionTestCase


class SkewPTest(FunctionTestCase):
    def test_known_value(self):
        self.assert_close(SKEW_P([[3, 4, 5, 2, 3, 4, 5, 6, 4, 7]]), 0.3031933394541436)

    def test_two_numbers_are_symmetric(self):
        self.assert_close(SKEW_P(1, 2), 0)

    def test_no_variation(self):
        self.assert_error("#DIV/0!", SKEW_P, [[4, 4]])
