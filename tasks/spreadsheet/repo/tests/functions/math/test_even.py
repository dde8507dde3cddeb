from sheet.functions.math.even import EVEN

from ...support import FunctionTestCase


class EvenTest(FunctionTestCase):
    def test_rounds_away_from_zero(self):
        self.assertEqual(EVEN(1.5), 2)
        self.assertEqual(EVEN(3), 4)
        self.assertEqual(EVEN(-1), -2)

    def test_keeps_even_numbers(self):
        self.assertEqual(EVEN(2), 2)
        self.assert_error("#VALUE!", EVEN, "x")
