import math

from sheet.functions.math.atanh import ATANH

from ...support import FunctionTestCase


class AtanhTest(FunctionTestCase):
    def test_undoes_the_hyperbolic_tangent(self):
        self.assertEqual(ATANH(0), 0)
        self.assert_close(ATANH(math.tanh(0.7)), 0.7)

    def test_outside_the_domain(self):
        self.assert_error("#NUM!", ATANH, 1)
        self.assert_error("#NUM!", ATANH, -3)
