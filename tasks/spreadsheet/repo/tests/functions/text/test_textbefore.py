from sheet.functions.text.textbefore import TEXTBEFORE

from ...support import FunctionTestCase


class TextbeforeTest(FunctionTestCase):
    def test_counts_from_the_start(self):
        self.assertEqual(TEXTBEFORE("a-b-c", "-"), "a")
        self.assertEqual(TEXTBEFORE("a-b-c", "-", 2), "a-b")

    def test_counts_from_the_end(self):
        self.assertEqual(TEXTBEFORE("a-b-c", "-", -1), "a-b")

    def test_no_such_occurrence(self):
        self.assert_error("#N/A", TEXTBEFORE, "a-b", "-", 3)
        self.assert_error("#VALUE!", TEXTBEFORE, "a-b", "")
