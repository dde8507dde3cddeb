from sheet.functions.finance.cumprinc import CUMPRINC

from ...support import FunctionTestCase


class CumprincTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(CUMPRINC(0.0075, 360, 125000, 13, 24, 0), -934.1071234, places=7)

    def test_everything_is_paid_back_in_the_end(self):
        self.assert_close(CUMPRINC(0.01, 12, 1000, 1, 12, 0), -1000)

    def test_impossible_loans(self):
        self.assert_error("#NUM!", CUMPRINC, 0.01, 12, -5, 1, 2, 0)
