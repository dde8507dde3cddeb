from sheet.functions.statistics.poisson_dist import POISSON_DIST

from ...support import FunctionTestCase


class PoissonDistTest(FunctionTestCase):
    def test_exactly_and_at_most(self):
        self.assertAlmostEqual(POISSON_DIST(2, 5, False), 0.0842243, places=7)
        self.assertAlmostEqual(POISSON_DIST(2, 5, True), 0.1246520, places=7)

    def test_nothing_is_expected(self):
        self.assertEqual(POISSON_DIST(0, 0, True), 1)

    def test_negative_counts(self):
        self.assert_error("#NUM!", POISSON_DIST, -1, 5, True)
