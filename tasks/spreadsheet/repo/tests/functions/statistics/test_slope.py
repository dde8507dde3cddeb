from sheet.functions.statistics.slope import SLOPE

from ...support import FunctionTestCase


class SlopeTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(SLOPE([[2, 3, 9, 1, 8, 7, 5]], [[6, 5, 11, 7, 5, 4, 4]]), 0.3055555555555556)
        self.assert_close(SLOPE([[3, 5]], [[1, 2]]), 2)

    def test_no_line(self):
        self.assert_error("#DIV/0!", SLOPE, [[1, 2]], [[4, 4]])
        self.assert_error("#N/A", SLOPE, [["a"]], [[4]])
