from sheet.functions.statistics.lognorm_dist import LOGNORM_DIST

from ...support import FunctionTestCase


class LognormDistTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(LOGNORM_DIST(4, 3.5, 1.2, True), 0.0390836, places=7)
        self.assertAlmostEqual(LOGNORM_DIST(4, 3.5, 1.2, False), 0.0176176, places=7)

    def test_impossible_input(self):
        self.assert_error("#NUM!", LOGNORM_DIST, 0, 0, 1, True)
