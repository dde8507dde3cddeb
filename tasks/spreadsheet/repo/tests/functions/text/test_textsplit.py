from sheet.core.errors import na_error
from sheet.functions.text.textsplit import TEXTSPLIT

from ...support import FunctionTestCase


class TextsplitTest(FunctionTestCase):
    def test_columns_and_rows(self):
        self.assertEqual(TEXTSPLIT("a,b,c", ","), [["a", "b", "c"]])
        self.assertEqual(TEXTSPLIT("1,2;3,4", ",", ";"), [["1", "2"], ["3", "4"]])

    def test_short_rows(self):
        self.assertEqual(TEXTSPLIT("1,2;3", ",", ";"), [["1", "2"], ["3", na_error()]])

    def test_empty_parts(self):
        self.assertEqual(TEXTSPLIT("a,,b", ",", None, True), [["a", "b"]])

    def test_no_delimiter(self):
        self.assert_error("#VALUE!", TEXTSPLIT, "ab", "")
