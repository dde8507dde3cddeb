from sheet.functions.statistics.intercept import INTERCEPT

from ...support import FunctionTestCase


class InterceptTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(INTERCEPT([[2, 3, 9, 1, 8]], [[6, 5, 11, 7, 5]]), 0.04838709677419217)
        self.assert_close(INTERCEPT([[3, 5]], [[1, 2]]), 1)

    def test_no_line(self):
        self.assert_error("#DIV/0!", INTERCEPT, [[1, 2]], [[4, 4]])
