from sheet.functions.statistics.permut import PERMUT

from ...support import FunctionTestCase


class PermutTest(FunctionTestCase):
    def test_counts_orders(self):
        self.assertEqual(PERMUT(100, 3), 970200)
        self.assertEqual(PERMUT(3.9, 2), 6)
        self.assertEqual(PERMUT(5, 0), 1)

    def test_too_many(self):
        self.assert_error("#NUM!", PERMUT, 2, 3)
