from sheet.functions.text.regexreplace import REGEXREPLACE

from ...support import FunctionTestCase


class RegexreplaceTest(FunctionTestCase):
    def test_replaces_matches(self):
        self.assertEqual(REGEXREPLACE("a1b22", r"\d+", "#"), "a#b#")
        self.assertEqual(REGEXREPLACE("Doe, Jane", r"(\w+), (\w+)", "$2 $1"), "Jane Doe")

    def test_backslashes_are_plain(self):
        self.assertEqual(REGEXREPLACE("a", "a", "\\n"), "\\n")

    def test_invalid_patterns(self):
        self.assert_error("#VALUE!", REGEXREPLACE, "a", "[", "")
        self.assert_error("#VALUE!", REGEXREPLACE, "a", "a", "$1")
