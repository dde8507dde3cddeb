from sheet.functions.statistics.forecast import FORECAST

from ...support import FunctionTestCase


class ForecastTest(FunctionTestCase):
    def test_extends_the_line(self):
        self.assert_close(FORECAST(30, [[6, 7, 9, 15, 21]], [[20, 28, 31, 38, 40]]), 10.60725308641975)
        self.assert_close(FORECAST(5, [[1, 2]], [[1, 2]]), 5)

    def test_no_line(self):
        self.assert_error("#DIV/0!", FORECAST, 1, [[1, 2]], [[3, 3]])
        self.assert_error("#N/A", FORECAST, 1, [[1, 2]], [[3]])
