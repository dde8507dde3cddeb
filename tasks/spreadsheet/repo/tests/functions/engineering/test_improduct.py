from sheet.functions.engineering.improduct import IMPRODUCT

from ...support import FunctionTestCase


class ImproductTest(FunctionTestCase):
    def test_multiplies(self):
        self.assertEqual(IMPRODUCT("3+4i", "5-3i"), "27+11i")
        self.assertEqual(IMPRODUCT([["1+2i", None, 30]]), "30+60i")

    def test_suffixes_cannot_be_mixed(self):
        self.assert_error("#VALUE!", IMPRODUCT, "i", "j")

    def test_no_complex_number(self):
        self.assert_error("#NUM!", IMPRODUCT, "x")
