from sheet.functions.math.gcd import GCD

from ...support import FunctionTestCase


class GcdTest(FunctionTestCase):
    def test_divides_all(self):
        self.assertEqual(GCD(24, 36), 12)
        self.assertEqual(GCD([[30, 45], [75, None]]), 15)
        self.assertEqual(GCD(7, 1), 1)

    def test_zero_is_divided_by_everything(self):
        self.assertEqual(GCD(5, 0), 5)

    def test_negative_numbers(self):
        self.assert_error("#NUM!", GCD, -6, 3)
