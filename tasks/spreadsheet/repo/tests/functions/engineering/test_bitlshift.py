from sheet.functions.engineering.bitlshift import BITLSHIFT

from ...support import FunctionTestCase


class BitlshiftTest(FunctionTestCase):
    def test_both_directions(self):
        self.assertEqual(BITLSHIFT(4, 2), 16)
        self.assertEqual(BITLSHIFT(5, -1), 2)

    def test_out_of_range(self):
        self.assert_error("#NUM!", BITLSHIFT, 2**47, 1)
        self.assert_error("#NUM!", BITLSHIFT, 1, 54)
        self.assert_error("#NUM!", BITLSHIFT, -1, 1)
