from sheet.functions.statistics.standardize import STANDARDIZE

from ...support import FunctionTestCase


class StandardizeTest(FunctionTestCase):
    def test_counts_deviations(self):
        self.assert_close(STANDARDIZE(42, 40, 1.5), 4 / 3)
        self.assertEqual(STANDARDIZE(38, 40, 2), -1)

    def test_impossible_deviation(self):
        self.assert_error("#NUM!", STANDARDIZE, 1, 1, 0)
