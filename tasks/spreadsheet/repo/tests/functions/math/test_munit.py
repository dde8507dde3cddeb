from sheet.functions.math.munit import MUNIT

from ...support import FunctionTestCase


class MunitTest(FunctionTestCase):
    def test_ones_on_the_diagonal(self):
        self.assertEqual(MUNIT(1), [[1]])
        self.assertEqual(MUNIT(3.7), [[1, 0, 0], [0, 1, 0], [0, 0, 1]])

    def test_no_size(self):
        self.assert_error("#VALUE!", MUNIT, 0)
