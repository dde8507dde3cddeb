from sheet.functions.engineering.hex2dec import HEX2DEC

from ...support import FunctionTestCase


class Hex2decTest(FunctionTestCase):
    def test_positive_and_negative(self):
        self.assertEqual(HEX2DEC("A5"), 165)
        self.assertEqual(HEX2DEC("FFFFFFFF5B"), -165)
        self.assertEqual(HEX2DEC("3da408b9"), 1034160313)

    def test_no_hexadecimal_digits(self):
        self.assert_error("#NUM!", HEX2DEC, "XY")
