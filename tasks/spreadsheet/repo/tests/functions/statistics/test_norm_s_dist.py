from sheet.functions.statistics.norm_s_dist import NORM_S_DIST

from ...support import FunctionTestCase


class NormSDistTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(NORM_S_DIST(4 / 3, True), 0.9087888, places=7)
        self.assertAlmostEqual(NORM_S_DIST(4 / 3, False), 0.1640101, places=7)

    def test_far_out(self):
        self.assert_close(NORM_S_DIST(-50, True), 0)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", NORM_S_DIST, "x", True)
