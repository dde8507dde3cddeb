from sheet.functions.finance.fvschedule import FVSCHEDULE

from ...support import FunctionTestCase


class FvscheduleTest(FunctionTestCase):
    def test_different_rates(self):
        self.assert_close(FVSCHEDULE(1, [[0.09, 0.11, 0.1]]), 1.33089)
        self.assert_close(FVSCHEDULE(100, [[0.1], [None]]), 110)

    def test_text_among_the_rates(self):
        self.assert_error("#VALUE!", FVSCHEDULE, 1, [["x"]])
