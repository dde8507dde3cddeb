from sheet.functions.engineering.imconjugate import IMCONJUGATE

from ...support import FunctionTestCase


class ImconjugateTest(FunctionTestCase):
    def test_conjugates(self):
        self.assertEqual(IMCONJUGATE("3+4i"), "3-4i")
        self.assertEqual(IMCONJUGATE("-2j"), "2j")
        self.assertEqual(IMCONJUGATE(5), "5")

    def test_no_complex_number(self):
        self.assert_error("#NUM!", IMCONJUGATE, "3+")
