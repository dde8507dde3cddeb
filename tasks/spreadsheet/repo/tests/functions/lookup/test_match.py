from sheet.functions.lookup.match import MATCH

from ...support import FunctionTestCase


class MatchTest(FunctionTestCase):
    def test_equal_keys(self):
        self.assertEqual(MATCH(41, [[25], [38], [40], [41]], 0), 4)
        self.assertEqual(MATCH("B?", [["ab", "bc", "bd"]], 0), 2)

    def test_sorted_keys(self):
        self.assertEqual(MATCH(39, [[25], [38], [40], [41]], 1), 2)
        self.assertEqual(MATCH(40, [[41], [40], [25]], -1), 2)

    def test_nothing_fits(self):
        self.assert_error("#N/A", MATCH, 5, [[6, 7]], 0)
        self.assert_error("#N/A", MATCH, 5, [[6, 7]])
