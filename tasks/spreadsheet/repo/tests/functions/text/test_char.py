from sheet.functions.text.char import CHAR

from ...support import FunctionTestCase


class CharTest(FunctionTestCase):
    def test_characters(self):
        self.assertEqual(CHAR(65), "A")
        self.assertEqual(CHAR(33.9), "!")

    def test_out_of_range(self):
        self.assert_error("#VALUE!", CHAR, 0)
        self.assert_error("#VALUE!", CHAR, 256)
