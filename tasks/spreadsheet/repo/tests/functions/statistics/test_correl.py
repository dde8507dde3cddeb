from sheet.functions.statistics.correl import CORREL

from ...support import FunctionTestCase


class CorrelTest(FunctionTestCase):
    def test_known_value(self):
        self.assert_close(CORREL([[3, 2, 4, 5, 6]], [[9, 7, 12, 15, 17]]), 0.9970544855015815)

    def test_perfect_opposites(self):
        self.assert_close(CORREL([[1, 2, 3]], [[6, 4, 2]]), -1)

    def test_no_answer(self):
        self.assert_error("#DIV/0!", CORREL, [[1, 2]], [[5, 5]])
        self.assert_error("#N/A", CORREL, [[1, 2]], [[5]])
