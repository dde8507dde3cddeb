from sheet.functions.lookup.xlookup import XLOOKUP

from ...support import FunctionTestCase

CODES = [["CN"], ["IN"], ["US"]]
FACTS = [["China", 86], ["India", 91], ["United States", 1]]


class XlookupTest(FunctionTestCase):
    def test_a_cell_or_a_row(self):
        self.assertEqual(XLOOKUP("in", CODES, [[86], [91], [1]]), 91)
        self.assertEqual(XLOOKUP("US", CODES, FACTS), [["United States", 1]])

    def test_lying_keys(self):
        self.assertEqual(XLOOKUP(2, [[1, 2]], [["a", "b"], ["c", "d"]]), [["b"], ["d"]])

    def test_neighbours_and_wildcards(self):
        self.assertEqual(XLOOKUP(25, [[10], [20], [30]], [["a"], ["b"], ["c"]], None, -1), "b")
        self.assertEqual(XLOOKUP(25, [[10], [30], [20]], [["a"], ["b"], ["c"]], None, 1), "b")
        self.assertEqual(XLOOKUP("u*", CODES, [[86], [91], [1]], None, 2), 1)

    def test_nothing_fits(self):
        self.assertEqual(XLOOKUP("FR", CODES, [[1], [2], [3]], "none"), "none")
        self.assert_error("#N/A", XLOOKUP, "FR", CODES, [[1], [2], [3]])
        self.assert_error("#VALUE!", XLOOKUP, "FR", CODES, [[1]])
