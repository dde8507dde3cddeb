from sheet.functions.engineering.oct2bin import OCT2BIN

from ...support import FunctionTestCase


class Oct2binTest(FunctionTestCase):
    def test_converts(self):
        self.assertEqual(OCT2BIN(3, 3), "011")
        self.assertEqual(OCT2BIN("17"), "1111")

    def test_negative_numbers_have_ten_digits(self):
        self.assertEqual(OCT2BIN("7777777000"), "1000000000")

    def test_does_not_fit(self):
        self.assert_error("#NUM!", OCT2BIN, "1000")
        self.assert_error("#NUM!", OCT2BIN, "8")
