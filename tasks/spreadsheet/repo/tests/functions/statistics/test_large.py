from sheet.functions.statistics.large import LARGE

from ...support import FunctionTestCase


class LargeTest(FunctionTestCase):
    def test_counts_from_the_top(self):
        self.assertEqual(LARGE([[3, 5, 3, 5, 4]], 1), 5)
        self.assertEqual(LARGE([[3, 5, 3, 5, 4]], 3), 4)

    def test_no_such_position(self):
        self.assert_error("#NUM!", LARGE, [[1, 2]], 3)
        self.assert_error("#NUM!", LARGE, [[1, 2]], 0)
