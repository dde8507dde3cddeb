from sheet.functions.statistics.mina import MINA

from ...support import FunctionTestCase


class MinaTest(FunctionTestCase):
    def test_truth_and_text_count(self):
        self.assertEqual(MINA([[5, 0.2, True]]), 0.2)
        self.assertEqual(MINA([[4, "x"]]), 0)

    def test_nothing(self):
        self.assertEqual(MINA([[None]]), 0)
