from sheet.functions.statistics.negbinom_dist import NEGBINOM_DIST

from ...support import FunctionTestCase


class NegbinomDistTest(FunctionTestCase):
    def test_exactly_and_at_most(self):
        self.assert_close(NEGBINOM_DIST(10, 5, 0.25, False), 0.05504866037517786)
        self.assert_close(NEGBINOM_DIST(10, 5, 0.25, True), 0.3135140584781766)

    def test_sure_success(self):
        self.assertEqual(NEGBINOM_DIST(0, 3, 1, False), 1)

    def test_impossible_input(self):
        self.assert_error("#NUM!", NEGBINOM_DIST, -1, 5, 0.25, True)
