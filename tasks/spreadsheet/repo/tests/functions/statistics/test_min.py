from sheet.functions.statistics.min import MIN

from ...support import FunctionTestCase


class MinTest(FunctionTestCase):
    def test_smallest(self):
        self.assertEqual(MIN([[10, 7, "1"], [9, None, False]]), 7)
        self.assertEqual(MIN(-5, -3), -5)

    def test_nothing(self):
        self.assertEqual(MIN([["x"]]), 0)
