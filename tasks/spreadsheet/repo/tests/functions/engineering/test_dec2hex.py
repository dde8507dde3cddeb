from sheet.functions.engineering.dec2hex import DEC2HEX

from ...support import FunctionTestCase


class Dec2hexTest(FunctionTestCase):
    def test_converts(self):
        self.assertEqual(DEC2HEX(100, 4), "0064")
        self.assertEqual(DEC2HEX(28), "1C")

    def test_negative_numbers_have_ten_digits(self):
        self.assertEqual(DEC2HEX(-54), "FFFFFFFFCA")

    def test_too_few_places(self):
        self.assert_error("#NUM!", DEC2HEX, 64, 1)
        self.assert_error("#NUM!", DEC2HEX, 2**39)
