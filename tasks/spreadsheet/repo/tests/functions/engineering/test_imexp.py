from sheet.functions.engineering.imexp import IMEXP

from ...support import FunctionTestCase


class ImexpTest(FunctionTestCase):
    def test_powers_of_e(self):
        self.assertEqual(IMEXP(0), "1")
        self.assertEqual(IMEXP("1+i"), "1.46869393991589+2.28735528717884i")

    def test_too_large(self):
        self.assert_error("#NUM!", IMEXP, 1000)
