from sheet.functions.engineering.imsub import IMSUB

from ...support import FunctionTestCase


class ImsubTest(FunctionTestCase):
    def test_subtracts(self):
        self.assertEqual(IMSUB("13+4i", "5+3i"), "8+i")
        self.assertEqual(IMSUB("3j", 5), "-5+3j")

    def test_suffixes_cannot_be_mixed(self):
        self.assert_error("#VALUE!", IMSUB, "i", "2j")
