from sheet.functions.statistics.max import MAX

from ...support import FunctionTestCase


class MaxTest(FunctionTestCase):
    def test_largest(self):
        self.assertEqual(MAX([[10, 7, "99"], [9, None, True]], 2), 10)
        self.assertEqual(MAX(-5, -3), -3)

    def test_nothing(self):
        self.assertEqual(MAX([["x"]]), 0)

    def test_direct_text(self):
        self.assert_error("#VALUE!", MAX, "x")
