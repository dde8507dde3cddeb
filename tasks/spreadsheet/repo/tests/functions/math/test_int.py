from sheet.functions.math.int import INT

from ...support import FunctionTestCase


class IntTest(FunctionTestCase):
    def test_rounds_down(self):
        self.assertEqual(INT(8.9), 8)
        self.assertEqual(INT(-8.1), -9)
        self.assertEqual(INT("2.5"), 2)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", INT, "x")
