from sheet.core.errors import na_error
from sheet.functions.math.sum import SUM

from ...support import FunctionTestCase


class SumTest(FunctionTestCase):
    def test_adds_ranges_and_values(self):
        self.assertEqual(SUM([[1, 2], [3, "4"]], 10), 16)
        self.assertEqual(SUM("5", True), 6)

    def test_does_not_accumulate_rounding(self):
        self.assertEqual(SUM([[0.1] * 10]), 1)

    def test_nothing_is_zero(self):
        self.assertEqual(SUM([[None]]), 0)

    def test_errors_and_text(self):
        self.assert_error("#N/A", SUM, [[1, na_error()]])
        self.assert_error("#VALUE!", SUM, "x")
