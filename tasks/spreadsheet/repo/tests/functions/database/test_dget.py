from sheet.functions.database.dget import DGET

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


class DgetTest(FunctionTestCase):
    def test_the_one_record(self):
        self.assertEqual(DGET(TREES, "Yield", [["Tree"], ["Cherry"]]), 9)
        self.assertEqual(DGET(TREES, "Tree", [["Height"], [18]]), "Apple")

    def test_none_or_several(self):
        self.assert_error("#VALUE!", DGET, TREES, "Yield", [["Tree"], ["Plum"]])
        self.assert_error("#NUM!", DGET, TREES, "Yield", [["Tree"], ["Pear"]])
