from sheet.functions.statistics.t_dist import T_DIST

from ...support import FunctionTestCase


class TDistTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(T_DIST(60, 1, True), 0.9946953, places=7)
        self.assertAlmostEqual(T_DIST(8, 3, False), 0.0007369, places=7)
        self.assert_close(T_DIST(0, 5, True), 0.5)

    def test_impossible_freedom(self):
        self.assert_error("#NUM!", T_DIST, 1, 0, True)
