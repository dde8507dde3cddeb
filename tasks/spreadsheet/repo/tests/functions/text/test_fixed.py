from sheet.functions.text.fixed import FIXED

from ...support import FunctionTestCase


class FixedTest(FunctionTestCase):
    def test_decimals_and_commas(self):
        self.assertEqual(FIXED(1234.567, 1), "1,234.6")
        self.assertEqual(FIXED(1234.565), "1,234.57")

    def test_without_commas(self):
        self.assertEqual(FIXED(44.332, 2, True), "44.33")

    def test_before_the_point(self):
        self.assertEqual(FIXED(-1234.567, -1), "-1,230")

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", FIXED, "x")
