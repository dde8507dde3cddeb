import math

from sheet.functions.math.acosh import ACOSH

from ...support import FunctionTestCase


class AcoshTest(FunctionTestCase):
    def test_undoes_the_hyperbolic_cosine(self):
        self.assertEqual(ACOSH(1), 0)
        self.assert_close(ACOSH(math.cosh(2)), 2)

    def test_outside_the_domain(self):
        self.assert_error("#NUM!", ACOSH, 0.99)
