from sheet.functions.engineering.erfc import ERFC

from ...support import FunctionTestCase


class ErfcTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(ERFC(1), 0.15729920705028513)
        self.assertEqual(ERFC(0), 1)

    def test_far_out(self):
        self.assert_close(ERFC(10), 2.088487583762545e-45)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", ERFC, "x")
