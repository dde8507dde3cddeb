from sheet.functions.lookup.take import TAKE

from ...support import FunctionTestCase

BLOCK = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]


class TakeTest(FunctionTestCase):
    def test_from_the_start_and_from_the_end(self):
        self.assertEqual(TAKE(BLOCK, 2), [[1, 2, 3], [4, 5, 6]])
        self.assertEqual(TAKE(BLOCK, -1), [[7, 8, 9]])
        self.assertEqual(TAKE(BLOCK, None, -2), [[2, 3], [5, 6], [8, 9]])

    def test_more_than_there_is(self):
        self.assertEqual(TAKE(BLOCK, 1, 9), [[1, 2, 3]])

    def test_nothing_is_left(self):
        self.assert_error("#VALUE!", TAKE, BLOCK, 0)
