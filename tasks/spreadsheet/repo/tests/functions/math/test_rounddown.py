from sheet.functions.math.rounddown import ROUNDDOWN

from ...support import FunctionTestCase


class RounddownTest(FunctionTestCase):
    def test_towards_zero(self):
        self.assertEqual(ROUNDDOWN(3.99), 3)
        self.assertEqual(ROUNDDOWN(-3.14159, 1), -3.1)
        self.assertEqual(ROUNDDOWN(31415.92, -2), 31400)

    def test_decimals_that_binary_cannot_hold(self):
        self.assertEqual(ROUNDDOWN(4.35, 2), 4.35)
        self.assert_error("#VALUE!", ROUNDDOWN, "x")
