from sheet.functions.statistics.expon_dist import EXPON_DIST

from ...support import FunctionTestCase


class ExponDistTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(EXPON_DIST(0.2, 10, True), 0.8646647167633873)
        self.assert_close(EXPON_DIST(0.2, 10, False), 1.353352832366127)

    def test_impossible_input(self):
        self.assert_error("#NUM!", EXPON_DIST, -1, 1, True)
        self.assert_error("#NUM!", EXPON_DIST, 1, 0, True)
