from sheet.functions.engineering.bitxor import BITXOR

from ...support import FunctionTestCase


class BitxorTest(FunctionTestCase):
    def test_different_bits(self):
        self.assertEqual(BITXOR(5, 3), 6)
        self.assertEqual(BITXOR(7, 7), 0)

    def test_impossible_numbers(self):
        self.assert_error("#NUM!", BITXOR, 1, -2)
        self.assert_error("#NUM!", BITXOR, 0.5, 1)
