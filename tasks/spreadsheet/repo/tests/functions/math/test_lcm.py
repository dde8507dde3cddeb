from sheet.functions.math.lcm import LCM

from ...support import FunctionTestCase


class LcmTest(FunctionTestCase):
    def test_is_divided_by_all(self):
        self.assertEqual(LCM(24, 36), 72)
        self.assertEqual(LCM([[2, 3], [5, 7]]), 210)

    def test_zero(self):
        self.assertEqual(LCM(4, 0), 0)

    def test_negative_numbers(self):
        self.assert_error("#NUM!", LCM, 4, -2)
