from sheet.functions.statistics.f_dist import F_DIST

from ...support import FunctionTestCase


class FDistTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(F_DIST(15.20686486, 6, 4, True), 0.99, places=6)
        self.assertAlmostEqual(F_DIST(15.20686486, 6, 4, False), 0.0012238, places=7)

    def test_impossible_input(self):
        self.assert_error("#NUM!", F_DIST, -1, 6, 4, True)
        self.assert_error("#NUM!", F_DIST, 1, 0, 4, True)
