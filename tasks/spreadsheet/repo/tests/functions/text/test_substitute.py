from sheet.functions.text.substitute import SUBSTITUTE

from ...support import FunctionTestCase


class SubstituteTest(FunctionTestCase):
    def test_everywhere(self):
        self.assertEqual(SUBSTITUTE("Quarter 1, 2011", "1", "2"), "Quarter 2, 2022")

    def test_one_occurrence(self):
        self.assertEqual(SUBSTITUTE("Quarter 1, 2011", "1", "2", 3), "Quarter 1, 2012")
        self.assertEqual(SUBSTITUTE("abc", "a", "b", 5), "abc")

    def test_nothing_to_look_for(self):
        self.assertEqual(SUBSTITUTE("abc", "", "x"), "abc")

    def test_impossible_occurrence(self):
        self.assert_error("#VALUE!", SUBSTITUTE, "abc", "a", "b", 0)
