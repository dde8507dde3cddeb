from sheet.functions.engineering.hex2bin import HEX2BIN

from ...support import FunctionTestCase


class Hex2binTest(FunctionTestCase):
    def test_converts(self):
        self.assertEqual(HEX2BIN("F", 8), "00001111")
        self.assertEqual(HEX2BIN("b7"), "10110111")

    def test_negative_numbers_have_ten_digits(self):
        self.assertEqual(HEX2BIN("FFFFFFFFFF"), "1111111111")

    def test_does_not_fit(self):
        self.assert_error("#NUM!", HEX2BIN, "200")
        self.assert_error("#NUM!", HEX2BIN, "G")
