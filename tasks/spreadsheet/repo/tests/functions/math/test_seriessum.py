import math

from sheet.functions.math.seriessum import SERIESSUM

from ...support import FunctionTestCase


class SeriessumTest(FunctionTestCase):
    def test_adds_powers(self):
        self.assertEqual(SERIESSUM(2, 0, 1, [[1, 1, 1]]), 7)
        self.assertEqual(SERIESSUM(2, 1, 2, [[3], [1]]), 14)

    def test_approximates_a_cosine(self):
        self.assert_close(SERIESSUM(math.pi / 4, 0, 2, [[1, -1 / 2, 1 / 24, -1 / 720]]), 0.7071032148228457)

    def test_negative_power_of_zero(self):
        self.assert_error("#DIV/0!", SERIESSUM, 0, -1, 1, [[1]])
