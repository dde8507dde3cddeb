from sheet.functions.statistics.percentrank import PERCENTRANK

from ...support import FunctionTestCase

DATA = [[13, 12, 11, 8, 4, 3, 2, 1, 1, 1]]


class PercentrankTest(FunctionTestCase):
    def test_standing(self):
        self.assertEqual(PERCENTRANK(DATA, 2), 0.333)
        self.assertEqual(PERCENTRANK(DATA, 4), 0.555)
        self.assertEqual(PERCENTRANK(DATA, 8, 1), 0.6)

    def test_between_two_numbers(self):
        self.assertEqual(PERCENTRANK(DATA, 5), 0.583)

    def test_outside(self):
        self.assert_error("#N/A", PERCENTRANK, DATA, 14)
