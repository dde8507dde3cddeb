from sheet.functions.lookup.index import INDEX

from ...support import FunctionTestCase

FRUIT = [["Apples", "Lemons"], ["Bananas", "Pears"]]


class IndexTest(FunctionTestCase):
    def test_cells(self):
        self.assertEqual(INDEX(FRUIT, 2, 2), "Pears")
        self.assertEqual(INDEX([[5, 6, 7]], 3), 7)
        self.assertEqual(INDEX([[5], [6]], 2), 6)

    def test_whole_rows_and_columns(self):
        self.assertEqual(INDEX(FRUIT, 2), [["Bananas", "Pears"]])
        self.assertEqual(INDEX(FRUIT, 0, 1), [["Apples"], ["Bananas"]])

    def test_outside(self):
        self.assert_error("#REF!", INDEX, FRUIT, 3, 1)
        self.assert_error("#VALUE!", INDEX, FRUIT, -1, 1)
