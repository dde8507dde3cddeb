from sheet.functions.finance.dollarfr import DOLLARFR

from ...support import FunctionTestCase


class DollarfrTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(DOLLARFR(1.125, 16), 1.02)
        self.assert_close(DOLLARFR(1.125, 32), 1.04)
        self.assert_close(DOLLARFR(-1.125, 16), -1.02)

    def test_impossible_denominators(self):
        self.assert_error("#DIV/0!", DOLLARFR, 1, 0)
        self.assert_error("#NUM!", DOLLARFR, 1, -2)
