import math

from sheet.functions.statistics.chisq_dist import CHISQ_DIST

from ...support import FunctionTestCase


class ChisqDistTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(CHISQ_DIST(0.5, 1, True), 0.52049988, places=8)
        self.assertAlmostEqual(CHISQ_DIST(2, 3, False), 0.20755375, places=8)

    def test_two_degrees_are_exponential(self):
        self.assert_close(CHISQ_DIST(3, 2, True), 1 - math.exp(-1.5))

    def test_outside(self):
        self.assert_error("#NUM!", CHISQ_DIST, -1, 2, True)
