from sheet.functions.database.dmax import DMAX

from ...support import FunctionTestCase

TREES = [
    ["Tree", "Height", "Age", "Yield", "Profit"],
    ["Apple", 18, 20, 14, 105],
    ["Pear", 12, 12, 10, 96],
    ["Cherry", 13, 14, 9, 105],
    ["Apple", 14, None, 10, 75],
    ["Pear", 9, 8, 8, 76.8],
    ["Apple", 8, 11, 6, 45],
]


class DmaxTest(FunctionTestCase):
    def test_largest(self):
        self.assertEqual(DMAX(TREES, "Profit", [["Tree"], ["Apple"], ["Pear"]]), 105)
        self.assertEqual(DMAX(TREES, "Height", [["Yield"], ["<9"]]), 9)

    def test_nothing_is_left(self):
        self.assertEqual(DMAX(TREES, "Profit", [["Tree"], ["Plum"]]), 0)
