from sheet.functions.text.exact import EXACT

from ...support import FunctionTestCase


class ExactTest(FunctionTestCase):
    def test_case_matters(self):
        self.assertIs(EXACT("word", "word"), True)
        self.assertIs(EXACT("Word", "word"), False)

    def test_numbers_as_they_are_shown(self):
        self.assertIs(EXACT(1.0, "1"), True)
        self.assertIs(EXACT(None, ""), True)
