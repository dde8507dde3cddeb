from sheet.functions.lookup.lookup import LOOKUP

from ...support import FunctionTestCase

RATES = [[4.14], [4.19], [5.17], [5.77]]
COLOURS = [["red"], ["orange"], ["yellow"], ["green"]]


class LookupTest(FunctionTestCase):
    def test_equal_or_below(self):
        self.assertEqual(LOOKUP(4.19, RATES, COLOURS), "orange")
        self.assertEqual(LOOKUP(5.75, RATES, COLOURS), "yellow")
        self.assertEqual(LOOKUP(7, RATES), 5.77)

    def test_all_are_above(self):
        self.assert_error("#N/A", LOOKUP, 0, RATES, COLOURS)

    def test_sizes_that_differ(self):
        self.assert_error("#VALUE!", LOOKUP, 5, RATES, [["a"]])
