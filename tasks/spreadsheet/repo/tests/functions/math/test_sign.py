from sheet.functions.math.sign import SIGN

from ...support import FunctionTestCase


class SignTest(FunctionTestCase):
    def test_three_answers(self):
        self.assertEqual(SIGN(10), 1)
        self.assertEqual(SIGN(-0.001), -1)
        self.assertEqual(SIGN(None), 0)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", SIGN, "x")
