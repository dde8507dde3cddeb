from sheet.functions.math.odd import ODD

from ...support import FunctionTestCase


class OddTest(FunctionTestCase):
    def test_rounds_away_from_zero(self):
        self.assertEqual(ODD(1.5), 3)
        self.assertEqual(ODD(2), 3)
        self.assertEqual(ODD(-2), -3)

    def test_zero_and_small_numbers(self):
        self.assertEqual(ODD(0), 1)
        self.assertEqual(ODD(-0.2), -1)
