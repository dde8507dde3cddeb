from sheet.functions.lookup.hlookup import HLOOKUP

from ...support import FunctionTestCase

TABLE = [["Axles", "Bearings", "Bolts"], [4, 4, 9], [5, 7, 10]]


class HlookupTest(FunctionTestCase):
    def test_exact_headings(self):
        self.assertEqual(HLOOKUP("axles", TABLE, 2, False), 4)
        self.assertEqual(HLOOKUP("be*", TABLE, 3, False), 7)

    def test_approximate_headings(self):
        self.assertEqual(HLOOKUP(25, [[10, 20, 30], ["a", "b", "c"]], 2), "b")
        self.assertEqual(HLOOKUP("Bones", TABLE, 2), 9)

    def test_nothing_fits(self):
        self.assert_error("#N/A", HLOOKUP, "Nuts", TABLE, 2, False)
        self.assert_error("#N/A", HLOOKUP, 5, [[10, 20]], 1)

    def test_rows_that_are_not_there(self):
        self.assert_error("#REF!", HLOOKUP, "Axles", TABLE, 4, False)
        self.assert_error("#VALUE!", HLOOKUP, "Axles", TABLE, 0, False)
