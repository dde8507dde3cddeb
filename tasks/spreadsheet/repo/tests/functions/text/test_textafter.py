from sheet.functions.text.textafter import TEXTAFTER

from ...support import FunctionTestCase


class TextafterTest(FunctionTestCase):
    def test_counts_from_the_start(self):
        self.assertEqual(TEXTAFTER("a-b-c", "-"), "b-c")
        self.assertEqual(TEXTAFTER("a-b-c", "-", 2), "c")

    def test_counts_from_the_end(self):
        self.assertEqual(TEXTAFTER("a-b-c", "-", -1), "c")

    def test_no_such_occurrence(self):
        self.assert_error("#N/A", TEXTAFTER, "abc", "-")
        self.assert_error("#VALUE!", TEXTAFTER, "a-b", "-", 0)
