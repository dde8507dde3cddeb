from sheet.functions.engineering.imln import IMLN

from ...support import FunctionTestCase


class ImlnTest(FunctionTestCase):
    def test_logarithms(self):
        self.assertEqual(IMLN("3+4i"), "1.6094379124341+0.927295218001612i")
        self.assertEqual(IMLN(1), "0")

    def test_zero_has_none(self):
        self.assert_error("#NUM!", IMLN, 0)
