from sheet.functions.math.round import ROUND

from ...support import FunctionTestCase


class RoundTest(FunctionTestCase):
    def test_halves_go_away_from_zero(self):
        self.assertEqual(ROUND(2.5), 3)
        self.assertEqual(ROUND(-2.5), -3)
        self.assertEqual(ROUND(2.675, 2), 2.68)

    def test_other_digits(self):
        self.assertEqual(ROUND(2.149, 1), 2.1)
        self.assertEqual(ROUND(1256, -2), 1300)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", ROUND, "x", 1)
