from sheet.functions.lookup.drop import DROP

from ...support import FunctionTestCase

BLOCK = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]


class DropTest(FunctionTestCase):
    def test_from_the_start_and_from_the_end(self):
        self.assertEqual(DROP(BLOCK, 2), [[7, 8, 9]])
        self.assertEqual(DROP(BLOCK, -2), [[1, 2, 3]])
        self.assertEqual(DROP(BLOCK, 1, -1), [[4, 5], [7, 8]])

    def test_nothing_is_left(self):
        self.assert_error("#VALUE!", DROP, BLOCK, 3)
