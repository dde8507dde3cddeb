from sheet.functions.finance.dollarde import DOLLARDE

from ...support import FunctionTestCase


class DollardeTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(DOLLARDE(1.02, 16), 1.125)
        self.assert_close(DOLLARDE(1.1, 32), 1.3125)
        self.assert_close(DOLLARDE(-1.02, 16), -1.125)

    def test_impossible_denominators(self):
        self.assert_error("#DIV/0!", DOLLARDE, 1, 0)
        self.assert_error("#NUM!", DOLLARDE, 1, -2)
