from sheet.functions.statistics.small import SMALL

from ...support import FunctionTestCase


class SmallTest(FunctionTestCase):
    def test_counts_from_the_bottom(self):
        self.assertEqual(SMALL([[3, 4, 5, 2, 3]], 1), 2)
        self.assertEqual(SMALL([[3, 4, 5, 2, 3]], 3.9), 3)

    def test_no_such_position(self):
        self.assert_error("#NUM!", SMALL, [[1, 2]], 3)
