from sheet.functions.math.sumsq import SUMSQ

from ...support import FunctionTestCase


class SumsqTest(FunctionTestCase):
    def test_adds_squares(self):
        self.assertEqual(SUMSQ(3, 4), 25)
        self.assertEqual(SUMSQ([[1, 2], ["x", -3]]), 14)

    def test_nothing_is_zero(self):
        self.assertEqual(SUMSQ([[None]]), 0)

    def test_text_given_directly(self):
        self.assert_error("#VALUE!", SUMSQ, "x")
