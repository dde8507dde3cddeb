from sheet.functions.text.replace import REPLACE

from ...support import FunctionTestCase


class ReplaceTest(FunctionTestCase):
    def test_replaces_by_position(self):
        self.assertEqual(REPLACE("abcdefghijk", 6, 5, "*"), "abcde*k")
        self.assertEqual(REPLACE(2009, 3, 2, 10), "2010")

    def test_inserts(self):
        self.assertEqual(REPLACE("ab", 2, 0, "-"), "a-b")

    def test_impossible_places(self):
        self.assert_error("#VALUE!", REPLACE, "ab", 0, 1, "-")
