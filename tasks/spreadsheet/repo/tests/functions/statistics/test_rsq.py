from sheet.functions.statistics.rsq import RSQ

from ...support import FunctionTestCase


class RsqTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(RSQ([[2, 3, 9, 1, 8, 7, 5]], [[6, 5, 11, 7, 5, 4, 4]]), 0.05795019157088122)
        self.assert_close(RSQ([[3, 2, 1]], [[1, 2, 3]]), 1)

    def test_no_variation(self):
        self.assert_error("#DIV/0!", RSQ, [[1, 1]], [[2, 3]])
