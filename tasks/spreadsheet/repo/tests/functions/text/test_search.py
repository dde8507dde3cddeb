from sheet.functions.text.search import SEARCH

from ...support import FunctionTestCase


class SearchTest(FunctionTestCase):
    def test_ignores_case(self):
        self.assertEqual(SEARCH("MARGIN", "Profit Margin"), 8)
        self.assertEqual(SEARCH("e", "Statements", 6), 7)

    def test_wildcards(self):
        self.assertEqual(SEARCH("s?n", "the sun"), 5)
        self.assertEqual(SEARCH("~?", "why?"), 4)

    def test_not_there(self):
        self.assert_error("#VALUE!", SEARCH, "z", "abc")
