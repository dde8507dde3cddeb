from sheet.functions.math.sumif import SUMIF

from ...support import FunctionTestCase


class SumifTest(FunctionTestCase):
    def test_adds_what_it_tests(self):
        self.assertEqual(SUMIF([[100], [200], [300]], ">150"), 500)

    def test_adds_other_cells(self):
        self.assertEqual(SUMIF([["a"], ["b"], ["apple"]], "a*", [[1], [2], [4]]), 5)
        self.assertEqual(SUMIF([["a"], ["a"]], "a", [[1], ["x"]]), 1)

    def test_sizes_that_differ(self):
        self.assert_error("#VALUE!", SUMIF, [[1], [2]], 1, [[1]])
