import math

from sheet.functions.database.dstdev import DSTDEV

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


class DstdevTest(FunctionTestCase):
    def test_deviation(self):
        self.assert_close(DSTDEV(TREES, "Yield", [["Tree"], ["Apple"], ["Pear"]]), 2.9664793948382653)
        self.assert_close(DSTDEV(TREES, "Yield", [["Tree"], ["Pear"]]), math.sqrt(2))

    def test_too_few(self):
        self.assert_error("#DIV/0!", DSTDEV, TREES, "Yield", [["Tree"], ["Cherry"]])
