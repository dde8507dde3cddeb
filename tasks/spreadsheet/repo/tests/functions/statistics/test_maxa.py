from sheet.functions.statistics.maxa import MAXA

from ...support import FunctionTestCase


class MaxaTest(FunctionTestCase):
    def test_truth_and_text_count(self):
        self.assertEqual(MAXA([[0, 0.2, True]]), 1)
        self.assertEqual(MAXA([[-4, "x"]]), 0)

    def test_nothing(self):
        self.assertEqual(MAXA([[None]]), 0)
