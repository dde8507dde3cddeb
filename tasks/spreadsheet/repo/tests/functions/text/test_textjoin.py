from sheet.functions.text.textjoin import TEXTJOIN

from ...support import FunctionTestCase


class TextjoinTest(FunctionTestCase):
    def test_joins_with_a_delimiter(self):
        self.assertEqual(TEXTJOIN(", ", True, [["a", None], [1, True]]), "a, 1, TRUE")

    def test_keeps_blanks_on_demand(self):
        self.assertEqual(TEXTJOIN("-", False, "a", [[None]], "b"), "a--b")

    def test_too_long(self):
        self.assert_error("#VALUE!", TEXTJOIN, "", True, "x" * 32767, "y")
