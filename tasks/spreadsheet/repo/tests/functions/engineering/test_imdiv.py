from sheet.functions.engineering.imdiv import IMDIV

from ...support import FunctionTestCase


class ImdivTest(FunctionTestCase):
    def test_divides(self):
        self.assertEqual(IMDIV("-238+240i", "10+24i"), "5+12i")
        self.assertEqual(IMDIV("4j", 2), "2j")

    def test_by_zero(self):
        self.assert_error("#DIV/0!", IMDIV, "1+i", 0)

    def test_suffixes_cannot_be_mixed(self):
        self.assert_error("#VALUE!", IMDIV, "i", "j")
