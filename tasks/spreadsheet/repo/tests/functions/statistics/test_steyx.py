from sheet.functions.statistics.steyx import STEYX

from ...support import FunctionTestCase


class SteyxTest(FunctionTestCase):
    def test_known_value(self):
        self.assert_close(STEYX([[2, 3, 9, 1, 8, 7, 5]], [[6, 5, 11, 7, 5, 4, 4]]), 3.305718950210041)

    def test_a_perfect_line(self):
        self.assert_close(STEYX([[1, 2, 3]], [[1, 2, 3]]), 0)

    def test_too_few(self):
        self.assert_error("#DIV/0!", STEYX, [[1, 2]], [[1, 2]])
