from sheet.functions.math.sumxmy2 import SUMXMY2

from ...support import FunctionTestCase


class Sumxmy2Test(FunctionTestCase):
    def test_squares_of_differences(self):
        self.assertEqual(SUMXMY2([[2, 3, 9]], [[6, 5, 11]]), 24)
        self.assertEqual(SUMXMY2([[3, True]], [[1, 100]]), 4)

    def test_sizes_that_differ(self):
        self.assert_error("#N/A", SUMXMY2, [[1, 2]], [[1]])
