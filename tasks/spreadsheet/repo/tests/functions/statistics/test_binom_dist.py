from sheet.functions.statistics.binom_dist import BINOM_DIST

from ...support import FunctionTestCase


class BinomDistTest(FunctionTestCase):
    def test_exactly_and_at_most(self):
        self.assert_close(BINOM_DIST(6, 10, 0.5, False), 0.205078125)
        self.assert_close(BINOM_DIST(6, 10, 0.5, True), 0.828125)

    def test_certain_failure(self):
        self.assertEqual(BINOM_DIST(0, 5, 0, False), 1)

    def test_impossible_counts(self):
        self.assert_error("#NUM!", BINOM_DIST, 7, 5, 0.5, True)
        self.assert_error("#NUM!", BINOM_DIST, 3, 5, 1.5, True)
