from sheet.functions.lookup.chooserows import CHOOSEROWS

from ...support import FunctionTestCase

BLOCK = [[1, 2], [3, 4], [5, 6]]


class ChooserowsTest(FunctionTestCase):
    def test_picks_and_repeats(self):
        self.assertEqual(CHOOSEROWS(BLOCK, 3, 1, 1), [[5, 6], [1, 2], [1, 2]])
        self.assertEqual(CHOOSEROWS(BLOCK, -2), [[3, 4]])

    def test_not_there(self):
        self.assert_error("#VALUE!", CHOOSEROWS, BLOCK, 4)
        self.assert_error("#VALUE!", CHOOSEROWS, BLOCK, 0)
