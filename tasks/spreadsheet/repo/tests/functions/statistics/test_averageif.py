from sheet.functions.statistics.averageif import AVERAGEIF

from ...support import FunctionTestCase


class AverageifTest(FunctionTestCase):
    def test_averages_what_it_tests(self):
        self.assertEqual(AVERAGEIF([[7], [14], [21], [28]], "<23"), 14)

    def test_averages_other_cells(self):
        self.assertEqual(AVERAGEIF([["a"], ["b"], ["a"]], "a", [[1], [50], [3]]), 2)

    def test_nothing_meets_the_criterion(self):
        self.assert_error("#DIV/0!", AVERAGEIF, [[1], [2]], ">5")
