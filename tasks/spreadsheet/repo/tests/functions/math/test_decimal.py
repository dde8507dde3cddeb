from sheet.functions.math.decimal import DECIMAL

from ...support import FunctionTestCase


class DecimalTest(FunctionTestCase):
    def test_reads_several_bases(self):
        self.assertEqual(DECIMAL("ff", 16), 255)
        self.assertEqual(DECIMAL(111, 2), 7)
        self.assertEqual(DECIMAL("zap", 36), 45745)

    def test_wrong_digits_and_radixes(self):
        self.assert_error("#NUM!", DECIMAL, "12", 2)
        self.assert_error("#NUM!", DECIMAL, "1", 37)
