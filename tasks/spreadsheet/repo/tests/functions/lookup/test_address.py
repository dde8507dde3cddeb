from sheet.functions.lookup.address import ADDRESS

from ...support import FunctionTestCase


class AddressTest(FunctionTestCase):
    def test_kinds(self):
        self.assertEqual(ADDRESS(2, 3), "$C$2")
        self.assertEqual(ADDRESS(2, 3, 2), "C$2")
        self.assertEqual(ADDRESS(2, 3, 3), "$C2")

    def test_columns_with_several_letters(self):
        self.assertEqual(ADDRESS(1, 26, 4), "Z1")
        self.assertEqual(ADDRESS(1, 703, 4), "AAA1")

    def test_impossible_cells(self):
        self.assert_error("#VALUE!", ADDRESS, 0, 1)
        self.assert_error("#VALUE!", ADDRESS, 1, 1, 5)
