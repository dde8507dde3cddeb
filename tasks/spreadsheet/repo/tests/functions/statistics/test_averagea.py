from sheet.functions.statistics.averagea import AVERAGEA

from ...support import FunctionTestCase


class AverageaTest(FunctionTestCase):
    def test_text_and_truth_count(self):
        self.assertEqual(AVERAGEA([[10, "x", None]]), 5)
        self.assertEqual(AVERAGEA([[True, False]]), 0.5)

    def test_nothing(self):
        self.assert_error("#DIV/0!", AVERAGEA, [[None]])
