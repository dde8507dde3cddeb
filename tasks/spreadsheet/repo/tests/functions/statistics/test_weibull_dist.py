from sheet.functions.statistics.weibull_dist import WEIBULL_DIST

from ...support import FunctionTestCase


class WeibullDistTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(WEIBULL_DIST(105, 20, 100, True), 0.9295814, places=7)
        self.assertAlmostEqual(WEIBULL_DIST(105, 20, 100, False), 0.0355889, places=7)

    def test_impossible_input(self):
        self.assert_error("#NUM!", WEIBULL_DIST, -1, 1, 1, True)
