from sheet.functions.statistics.median import MEDIAN

from ...support import FunctionTestCase


class MedianTest(FunctionTestCase):
    def test_odd_and_even(self):
        self.assertEqual(MEDIAN([[1, 3, 2]]), 2)
        self.assertEqual(MEDIAN(1, 2, 3, 10), 2.5)

    def test_nothing(self):
        self.assert_error("#NUM!", MEDIAN, [["x"]])
