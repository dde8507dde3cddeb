from sheet.functions.statistics.trimmean import TRIMMEAN

from ...support import FunctionTestCase


class TrimmeanTest(FunctionTestCase):
    def test_leaves_out_the_ends(self):
        self.assert_close(TRIMMEAN([[4, 5, 6, 7, 2, 3, 4, 5, 1, 2, 3]], 0.2), 34 / 9)
        self.assertEqual(TRIMMEAN([[1, 2, 9]], 0.5), 4)

    def test_impossible_fraction(self):
        self.assert_error("#NUM!", TRIMMEAN, [[1, 2]], 1)

    def test_nothing(self):
        self.assert_error("#DIV/0!", TRIMMEAN, [[None]], 0.1)
