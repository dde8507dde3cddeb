from sheet.functions.math.sqrtpi import SQRTPI

from ...support import FunctionTestCase


class SqrtpiTest(FunctionTestCase):
    def test_roots(self):
        self.assert_close(SQRTPI(1), 1.772453850905516)
        self.assertEqual(SQRTPI(0), 0)
        self.assert_close(SQRTPI(2), 2.5066282746310002)

    def test_negative_numbers_have_none(self):
        self.assert_error("#NUM!", SQRTPI, -1)
