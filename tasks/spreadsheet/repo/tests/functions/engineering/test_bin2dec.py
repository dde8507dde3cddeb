from sheet.functions.engineering.bin2dec import BIN2DEC

from ...support import FunctionTestCase


class Bin2decTest(FunctionTestCase):
    def test_positive_and_negative(self):
        self.assertEqual(BIN2DEC("1100100"), 100)
        self.assertEqual(BIN2DEC(1111111111), -1)
        self.assertEqual(BIN2DEC(None), 0)

    def test_no_binary_digits(self):
        self.assert_error("#NUM!", BIN2DEC, "12")
