from sheet.functions.finance.ispmt import ISPMT

from ...support import FunctionTestCase


class IspmtTest(FunctionTestCase):
    def test_interest_falls_evenly(self):
        self.assert_close(ISPMT(0.1 / 12, 1, 36, 8000000), -64814.81481481482)
        self.assert_close(ISPMT(0.1, 0, 3, 300), -30)
        self.assertEqual(ISPMT(0.1, 3, 3, 300), 0)

    def test_no_periods(self):
        self.assert_error("#DIV/0!", ISPMT, 0.1, 1, 0, 300)
