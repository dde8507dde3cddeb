from sheet.functions.database.dsum import DSUM

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


class DsumTest(FunctionTestCase):
    def test_adds(self):
        self.assertEqual(DSUM(TREES, "Profit", [["Tree"], ["Apple"]]), 225)
        self.assert_close(DSUM(TREES, 5, [["Tree", "Height"], ["Apple", ">10"], ["Pear", None]]), 352.8)
        self.assertEqual(DSUM(TREES, "Profit", [["Tree"], ["Plum"]]), 0)

    def test_unknown_column(self):
        self.assert_error("#VALUE!", DSUM, TREES, "Width", [["Tree"], ["Apple"]])
