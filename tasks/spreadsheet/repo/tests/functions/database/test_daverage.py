from sheet.functions.database.daverage import DAVERAGE

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


class DaverageTest(FunctionTestCase):
    def test_averages(self):
        self.assertEqual(DAVERAGE(TREES, "Yield", [["Tree", "Height"], ["Apple", ">10"]]), 12)
        self.assertEqual(DAVERAGE(TREES, 3, [["Tree"], [None]]), 13)

    def test_nothing_is_left(self):
        self.assert_error("#DIV/0!", DAVERAGE, TREES, "Yield", [["Tree"], ["Plum"]])
