from sheet.functions.text.find import FIND

from ...support import FunctionTestCase


class FindTest(FunctionTestCase):
    def test_case_matters(self):
        self.assertEqual(FIND("M", "Miriam McGovern"), 1)
        self.assertEqual(FIND("m", "Miriam McGovern"), 6)

    def test_later_occurrences(self):
        self.assertEqual(FIND("M", "Miriam McGovern", 3), 8)

    def test_an_empty_text_is_everywhere(self):
        self.assertEqual(FIND("", "abc", 2), 2)

    def test_not_there(self):
        self.assert_error("#VALUE!", FIND, "z", "abc")
        self.assert_error("#VALUE!", FIND, "a", "abc", 0)
