from sheet.functions.math.mround import MROUND

from ...support import FunctionTestCase


class MroundTest(FunctionTestCase):
    def test_nearest_multiple(self):
        self.assertEqual(MROUND(10, 3), 9)
        self.assertEqual(MROUND(-10, -3), -9)
        self.assertEqual(MROUND(7.5, 5), 10)

    def test_zero_multiple(self):
        self.assertEqual(MROUND(4, 0), 0)

    def test_different_signs(self):
        self.assert_error("#NUM!", MROUND, 5, -2)
