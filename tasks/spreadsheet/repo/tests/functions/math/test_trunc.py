from sheet.functions.math.trunc import TRUNC

from ...support import FunctionTestCase


class TruncTest(FunctionTestCase):
    def test_cuts_decimals(self):
        self.assertEqual(TRUNC(8.9), 8)
        self.assertEqual(TRUNC(-8.97, 1), -8.9)
        self.assertEqual(TRUNC(0.29, 2), 0.29)

    def test_cuts_before_the_point(self):
        self.assertEqual(TRUNC(1987, -2), 1900)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", TRUNC, "x")
