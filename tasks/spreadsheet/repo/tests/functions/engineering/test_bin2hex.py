from sheet.functions.engineering.bin2hex import BIN2HEX

from ...support import FunctionTestCase


class Bin2hexTest(FunctionTestCase):
    def test_converts(self):
        self.assertEqual(BIN2HEX("11111011", 4), "00FB")
        self.assertEqual(BIN2HEX("1110"), "E")

    def test_negative_numbers_have_ten_digits(self):
        self.assertEqual(BIN2HEX("1111111111"), "FFFFFFFFFF")

    def test_too_few_places(self):
        self.assert_error("#NUM!", BIN2HEX, "11111011", 1)
