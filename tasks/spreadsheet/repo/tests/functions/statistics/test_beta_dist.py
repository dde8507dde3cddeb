from sheet.functions.statistics.beta_dist import BETA_DIST

from ...support import FunctionTestCase


class BetaDistTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(BETA_DIST(2, 8, 10, True, 1, 3), 0.6854706, places=7)
        self.assertAlmostEqual(BETA_DIST(2, 8, 10, False, 1, 3), 1.4837646, places=7)

    def test_the_uniform_case(self):
        self.assert_close(BETA_DIST(0.3, 1, 1, True), 0.3)

    def test_outside(self):
        self.assert_error("#NUM!", BETA_DIST, 4, 8, 10, True, 1, 3)
