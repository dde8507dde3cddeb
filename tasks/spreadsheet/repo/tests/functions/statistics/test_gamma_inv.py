import math

from sheet.functions.statistics.gamma_inv import GAMMA_INV

from ...support import FunctionTestCase


class GammaInvTest(FunctionTestCase):
    def test_known_value(self):
        self.assertAlmostEqual(GAMMA_INV(0.068094, 9, 2), 10.000011, places=4)

    def test_shape_one_is_exponential(self):
        self.assert_close(GAMMA_INV(0.5, 1, 1), math.log(2))

    def test_impossible_input(self):
        self.assert_error("#NUM!", GAMMA_INV, 1, 9, 2)
