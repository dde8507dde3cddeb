from sheet.functions.engineering.hex2oct import HEX2OCT

from ...support import FunctionTestCase


class Hex2octTest(FunctionTestCase):
    def test_converts(self):
        self.assertEqual(HEX2OCT("F", 3), "017")
        self.assertEqual(HEX2OCT("3B4E"), "35516")

    def test_negative_numbers_have_ten_digits(self):
        self.assertEqual(HEX2OCT("FFFFFFFF00"), "7777777400")

    def test_does_not_fit(self):
        self.assert_error("#NUM!", HEX2OCT, "3FFFFFFF")
