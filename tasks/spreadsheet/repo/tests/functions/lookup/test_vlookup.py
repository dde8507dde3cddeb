from sheet.functions.lookup.vlookup import VLOOKUP

from ...support import FunctionTestCase

PRICES = [["bolt", 2, "x"], ["nut", 3, "y"], ["Washer", 5, "z"]]
GRADES = [[0, "F"], [60, "D"], [70, "C"], [90, "A"]]


class VlookupTest(FunctionTestCase):
    def test_exact_rows(self):
        self.assertEqual(VLOOKUP("NUT", PRICES, 2, False), 3)
        self.assertEqual(VLOOKUP("wash*", PRICES, 3, False), "z")

    def test_approximate_rows(self):
        self.assertEqual(VLOOKUP(75, GRADES, 2), "C")
        self.assertEqual(VLOOKUP(90, GRADES, 2, True), "A")

    def test_nothing_fits(self):
        self.assert_error("#N/A", VLOOKUP, "screw", PRICES, 2, False)
        self.assert_error("#N/A", VLOOKUP, -1, GRADES, 2)

    def test_columns_that_are_not_there(self):
        self.assert_error("#REF!", VLOOKUP, "nut", PRICES, 4, False)
        self.assert_error("#VALUE!", VLOOKUP, "nut", PRICES, 0, False)
