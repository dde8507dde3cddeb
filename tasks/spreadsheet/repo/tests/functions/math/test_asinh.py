import math

from sheet.functions.math.asinh import ASINH

from ...support import FunctionTestCase


class AsinhTest(FunctionTestCase):
    def test_undoes_the_hyperbolic_sine(self):
        self.assert_close(ASINH(math.sinh(1.5)), 1.5)
        self.assertEqual(ASINH(0), 0)

    def test_is_odd(self):
        self.assert_close(ASINH(-10), -2.99822295029797)
        self.assert_error("#VALUE!", ASINH, "x")
