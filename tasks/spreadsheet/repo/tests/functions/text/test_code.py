from sheet.functions.text.code import CODE

from ...support import FunctionTestCase


class CodeTest(FunctionTestCase):
    def test_first_character(self):
        self.assertEqual(CODE("A"), 65)
        self.assertEqual(CODE("apple"), 97)
        self.assertEqual(CODE(7), 55)

    def test_empty(self):
        self.assert_error("#VALUE!", CODE, "")
