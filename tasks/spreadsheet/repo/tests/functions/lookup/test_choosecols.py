from sheet.functions.lookup.choosecols import CHOOSECOLS

from ...support import FunctionTestCase

BLOCK = [[1, 2, 3], [4, 5, 6]]


class ChoosecolsTest(FunctionTestCase):
    def test_picks_and_repeats(self):
        self.assertEqual(CHOOSECOLS(BLOCK, 3, 1, 3), [[3, 1, 3], [6, 4, 6]])
        self.assertEqual(CHOOSECOLS(BLOCK, -1), [[3], [6]])
        self.assertEqual(CHOOSECOLS(BLOCK, [[1, 2]]), [[1, 2], [4, 5]])

    def test_not_there(self):
        self.assert_error("#VALUE!", CHOOSECOLS, BLOCK, 4)
        self.assert_error("#VALUE!", CHOOSECOLS, BLOCK, 0)
