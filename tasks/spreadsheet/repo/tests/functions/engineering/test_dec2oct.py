from sheet.functions.engineering.dec2oct import DEC2OCT

from ...support import FunctionTestCase


class Dec2octTest(FunctionTestCase):
    def test_converts(self):
        self.assertEqual(DEC2OCT(58, 3), "072")
        self.assertEqual(DEC2OCT(8.9), "10")

    def test_negative_numbers_have_ten_digits(self):
        self.assertEqual(DEC2OCT(-100), "7777777634")

    def test_out_of_range(self):
        self.assert_error("#NUM!", DEC2OCT, 2**29)
