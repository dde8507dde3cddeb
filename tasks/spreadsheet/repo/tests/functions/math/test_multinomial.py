from sheet.functions.math.multinomial import MULTINOMIAL

from ...support import FunctionTestCase


class MultinomialTest(FunctionTestCase):
    def test_counts_arrangements(self):
        self.assertEqual(MULTINOMIAL(2, 3, 4), 1260)
        self.assertEqual(MULTINOMIAL([[1, 1, 1]]), 6)
        self.assertEqual(MULTINOMIAL(5), 1)

    def test_negative_numbers(self):
        self.assert_error("#NUM!", MULTINOMIAL, 1, -1)
