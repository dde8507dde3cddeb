from sheet.functions.statistics.avedev import AVEDEV

from ...support import FunctionTestCase


class AvedevTest(FunctionTestCase):
    def test_mean_distance(self):
        self.assert_close(AVEDEV([[4, 5, 6, 7, 5, 4, 3]]), 1.0204081632653061)
        self.assertEqual(AVEDEV(3, 3), 0)

    def test_nothing(self):
        self.assert_error("#DIV/0!", AVEDEV, [["x"]])
