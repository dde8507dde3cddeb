from sheet.functions.engineering.bitand import BITAND

from ...support import FunctionTestCase


class BitandTest(FunctionTestCase):
    def test_common_bits(self):
        self.assertEqual(BITAND(13, 25), 9)
        self.assertEqual(BITAND(1, 5), 1)
        self.assertEqual(BITAND(2**47 + 1, 2**47), 2**47)

    def test_impossible_numbers(self):
        self.assert_error("#NUM!", BITAND, -1, 1)
        self.assert_error("#NUM!", BITAND, 1.5, 1)
