from sheet.functions.text.regextest import REGEXTEST

from ...support import FunctionTestCase


class RegextestTest(FunctionTestCase):
    def test_matches_anywhere(self):
        self.assertIs(REGEXTEST("order 66", r"\d+"), True)
        self.assertIs(REGEXTEST("order", "^rd"), False)

    def test_invalid_patterns(self):
        self.assert_error("#VALUE!", REGEXTEST, "a", "(")
