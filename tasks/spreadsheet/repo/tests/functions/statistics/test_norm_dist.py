from sheet.functions.statistics.norm_dist import NORM_DIST

from ...support import FunctionTestCase


class NormDistTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(NORM_DIST(42, 40, 1.5, True), 0.9087888, places=7)
        self.assertAlmostEqual(NORM_DIST(42, 40, 1.5, False), 0.1093400, places=7)

    def test_the_centre(self):
        self.assertEqual(NORM_DIST(7, 7, 3, True), 0.5)

    def test_impossible_input(self):
        self.assert_error("#NUM!", NORM_DIST, 1, 0, 0, True)
