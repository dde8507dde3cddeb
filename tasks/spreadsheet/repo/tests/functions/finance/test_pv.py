from sheet.functions.finance.pv import PV

from ...support import FunctionTestCase


class PvTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(PV(0.08 / 12, 240, 500), -59777.1458511878)
        self.assert_close(PV(0.1, 1, 0, 110), -100)

    def test_without_interest(self):
        self.assertEqual(PV(0, 12, 100, 50), -1250)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", PV, "x", 1, 1)
