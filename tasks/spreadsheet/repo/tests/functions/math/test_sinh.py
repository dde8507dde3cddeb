from sheet.functions.math.sinh import SINH

from ...support import FunctionTestCase


class SinhTest(FunctionTestCase):
    def test_is_odd(self):
        self.assert_close(SINH(1), 1.1752011936438014)
        self.assert_close(SINH(-1), -1.1752011936438014)

    def test_overflows(self):
        self.assert_error("#NUM!", SINH, 1000)
