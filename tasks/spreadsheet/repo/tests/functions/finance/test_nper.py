from sheet.functions.finance.nper import NPER

from ...support import FunctionTestCase


class NperTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(NPER(0.01, -100, -1000, 10000, 1), 59.67386567429457)
        self.assert_close(NPER(0.01, -100, -1000), -9.578594039813167)

    def test_without_interest(self):
        self.assertEqual(NPER(0, -100, 1000), 10)

    def test_never(self):
        self.assert_error("#NUM!", NPER, 0.1, -50, 1000)
        self.assert_error("#DIV/0!", NPER, 0, 0, 1000)
