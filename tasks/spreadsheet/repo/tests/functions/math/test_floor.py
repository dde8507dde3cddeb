from sheet.functions.math.floor import FLOOR

from ...support import FunctionTestCase


class FloorTest(FunctionTestCase):
    def test_rounds_down_to_a_multiple(self):
        self.assertEqual(FLOOR(3.7, 2), 2)
        self.assertEqual(FLOOR(-2.5, 2), -4)

    def test_zero_significance(self):
        self.assertEqual(FLOOR(0, 0), 0)
        self.assert_error("#DIV/0!", FLOOR, 1, 0)

    def test_signs_that_do_not_fit(self):
        self.assert_error("#NUM!", FLOOR, 2.5, -2)
