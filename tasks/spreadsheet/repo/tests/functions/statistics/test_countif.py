from sheet.functions.statistics.countif import COUNTIF

from ...support import FunctionTestCase


class CountifTest(FunctionTestCase):
    def test_kinds_of_criteria(self):
        self.assertEqual(COUNTIF([["apple"], ["pear"], ["apricot"]], "ap*"), 2)
        self.assertEqual(COUNTIF([[3], [10], ["12"]], ">5"), 1)
        self.assertEqual(COUNTIF([[1], [None]], "<>1"), 1)

    def test_nothing_meets_it(self):
        self.assertEqual(COUNTIF([[1]], 2), 0)
