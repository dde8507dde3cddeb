from sheet.functions.engineering.complex import COMPLEX

from ...support import FunctionTestCase


class ComplexTest(FunctionTestCase):
    def test_writes_complex_numbers(self):
        self.assertEqual(COMPLEX(3, 4), "3+4i")
        self.assertEqual(COMPLEX(0, -1, "j"), "-j")
        self.assertEqual(COMPLEX(1.5, 0), "1.5")

    def test_wrong_suffix(self):
        self.assert_error("#VALUE!", COMPLEX, 3, 4, "k")
