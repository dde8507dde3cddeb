from sheet.functions.math.roundup import ROUNDUP

from ...support import FunctionTestCase


class RoundupTest(FunctionTestCase):
    def test_away_from_zero(self):
        self.assertEqual(ROUNDUP(3.2), 4)
        self.assertEqual(ROUNDUP(-3.14159, 1), -3.2)
        self.assertEqual(ROUNDUP(31415.92, -2), 31500)

    def test_keeps_exact_numbers(self):
        self.assertEqual(ROUNDUP(1.1, 1), 1.1)
        self.assert_error("#VALUE!", ROUNDUP, "x")
