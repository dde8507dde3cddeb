from sheet.functions.math.tanh import TANH

from ...support import FunctionTestCase


class TanhTest(FunctionTestCase):
    def test_near_and_far(self):
        self.assertEqual(TANH(0), 0)
        self.assert_close(TANH(0.5), 0.46211715726000973)
        self.assertEqual(TANH(-1000), -1)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", TANH, "x")
