from sheet.functions.engineering.oct2dec import OCT2DEC

from ...support import FunctionTestCase


class Oct2decTest(FunctionTestCase):
    def test_positive_and_negative(self):
        self.assertEqual(OCT2DEC(54), 44)
        self.assertEqual(OCT2DEC("7777777533"), -165)

    def test_no_octal_digits(self):
        self.assert_error("#NUM!", OCT2DEC, "9")
        self.assert_error("#NUM!", OCT2DEC, "12345678901")
