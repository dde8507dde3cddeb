from sheet.functions.statistics.hypgeom_dist import HYPGEOM_DIST

from ...support import FunctionTestCase


class HypgeomDistTest(FunctionTestCase):
    def test_exactly_and_at_most(self):
        self.assert_close(HYPGEOM_DIST(1, 4, 8, 20, False), 0.3632610939112487)
        self.assert_close(HYPGEOM_DIST(1, 4, 8, 20, True), 0.46542827657378744)

    def test_more_marked_than_there_are(self):
        self.assertEqual(HYPGEOM_DIST(3, 4, 2, 20, False), 0)

    def test_impossible_input(self):
        self.assert_error("#NUM!", HYPGEOM_DIST, 5, 4, 8, 20, True)
