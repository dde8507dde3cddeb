from sheet.functions.engineering.imsqrt import IMSQRT

from ...support import FunctionTestCase


class ImsqrtTest(FunctionTestCase):
    def test_roots(self):
        self.assertEqual(IMSQRT("3+4i"), "2+i")
        self.assertEqual(IMSQRT(-4), "2i")
        self.assertEqual(IMSQRT(0), "0")

    def test_no_complex_number(self):
        self.assert_error("#NUM!", IMSQRT, "x")
