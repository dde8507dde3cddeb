from sheet.functions.engineering.imsum import IMSUM

from ...support import FunctionTestCase


class ImsumTest(FunctionTestCase):
    def test_adds(self):
        self.assertEqual(IMSUM("3+4i", "5-3i"), "8+i")
        self.assertEqual(IMSUM([["i", None], [2, "-i"]]), "2")

    def test_suffixes_cannot_be_mixed(self):
        self.assert_error("#VALUE!", IMSUM, "i", "j")

    def test_no_complex_number(self):
        self.assert_error("#NUM!", IMSUM, "x")
