from sheet.functions.statistics.percentile import PERCENTILE

from ...support import FunctionTestCase


class PercentileTest(FunctionTestCase):
    def test_interpolates(self):
        self.assert_close(PERCENTILE([[1, 3, 2, 4]], 0.3), 1.9)
        self.assertEqual(PERCENTILE([[1, 3, 2, 4]], 0), 1)

    def test_impossible_input(self):
        self.assert_error("#NUM!", PERCENTILE, [[1, 2]], 1.1)
        self.assert_error("#NUM!", PERCENTILE, [[None]], 0.5)
