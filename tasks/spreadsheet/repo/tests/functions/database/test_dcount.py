from sheet.functions.database.dcount import DCOUNT

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


class DcountTest(FunctionTestCase):
    def test_counts_numbers(self):
        self.assertEqual(DCOUNT(TREES, "Age", [["Tree", "Height"], ["Apple", ">7"]]), 2)
        self.assertEqual(DCOUNT(TREES, "Tree", [["Tree"], ["Apple"]]), 0)

    def test_nothing_is_left(self):
        self.assertEqual(DCOUNT(TREES, "Age", [["Tree"], ["Plum"]]), 0)
