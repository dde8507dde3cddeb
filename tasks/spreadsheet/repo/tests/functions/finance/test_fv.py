from sheet.functions.finance.fv import FV

from ...support import FunctionTestCase


class FvTest(FunctionTestCase):
    def test_saves_money(self):
        self.assert_close(FV(0.06 / 12, 10, -200, -500, 1), 2581.4033740601)
        self.assert_close(FV(0.01, 12, -1000), 12682.50301319697)

    def test_without_interest(self):
        self.assertEqual(FV(0, 12, -100, -50), 1250)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", FV, "x", 1, 1)
