from sheet.functions.engineering.dec2bin import DEC2BIN

from ...support import FunctionTestCase


class Dec2binTest(FunctionTestCase):
    def test_converts(self):
        self.assertEqual(DEC2BIN(9, 4), "1001")
        self.assertEqual(DEC2BIN(3, 6), "000011")

    def test_negative_numbers_have_ten_digits(self):
        self.assertEqual(DEC2BIN(-100), "1110011100")

    def test_out_of_range(self):
        self.assert_error("#NUM!", DEC2BIN, 512)
        self.assert_error("#NUM!", DEC2BIN, 9, 2)
