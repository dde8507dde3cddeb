import math

from sheet.functions.statistics.gamma_dist import GAMMA_DIST

from ...support import FunctionTestCase


class GammaDistTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(GAMMA_DIST(10.00001131, 9, 2, False), 0.032639, places=6)
        self.assertAlmostEqual(GAMMA_DIST(10.00001131, 9, 2, True), 0.068094, places=6)

    def test_shape_one_is_exponential(self):
        self.assert_close(GAMMA_DIST(3, 1, 2, True), 1 - math.exp(-1.5))

    def test_impossible_input(self):
        self.assert_error("#NUM!", GAMMA_DIST, -1, 1, 1, True)
