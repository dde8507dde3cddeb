from sheet.functions.math.quotient import QUOTIENT

from ...support import FunctionTestCase


class QuotientTest(FunctionTestCase):
    def test_cuts_towards_zero(self):
        self.assertEqual(QUOTIENT(5, 2), 2)
        self.assertEqual(QUOTIENT(-10, 3), -3)
        self.assertEqual(QUOTIENT(4.5, 3.1), 1)

    def test_division_by_zero(self):
        self.assert_error("#DIV/0!", QUOTIENT, 1, 0)
