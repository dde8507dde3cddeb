from sheet.functions.math.cosh import COSH

from ...support import FunctionTestCase


class CoshTest(FunctionTestCase):
    def test_is_even(self):
        self.assertEqual(COSH(0), 1)
        self.assert_close(COSH(4), 27.308232836016487)
        self.assert_close(COSH(-4), 27.308232836016487)

    def test_overflows(self):
        self.assert_error("#NUM!", COSH, 1000)
