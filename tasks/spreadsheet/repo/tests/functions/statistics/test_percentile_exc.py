from sheet.functions.statistics.percentile_exc import PERCENTILE_EXC

from ...support import FunctionTestCase


class PercentileExcTest(FunctionTestCase):
    def test_interpolates(self):
        self.assertEqual(PERCENTILE_EXC([[6, 7, 15, 36, 39, 40, 41, 42, 43, 47, 49]], 0.25), 15)
        self.assertEqual(PERCENTILE_EXC([[1, 2, 3, 4]], 0.5), 2.5)

    def test_too_near_to_the_ends(self):
        self.assert_error("#NUM!", PERCENTILE_EXC, [[1, 2, 3, 4]], 0.1)
