from sheet.functions.math.mod import MOD

from ...support import FunctionTestCase


class ModTest(FunctionTestCase):
    def test_the_sign_is_that_of_the_divisor(self):
        self.assertEqual(MOD(3, 2), 1)
        self.assertEqual(MOD(-3, 2), 1)
        self.assertEqual(MOD(3, -2), -1)

    def test_fractions(self):
        self.assertEqual(MOD(5.5, 2), 1.5)

    def test_division_by_zero(self):
        self.assert_error("#DIV/0!", MOD, 3, 0)
