from sheet.functions.engineering.imaginary import IMAGINARY

from ...support import FunctionTestCase


class ImaginaryTest(FunctionTestCase):
    def test_imaginary_parts(self):
        self.assertEqual(IMAGINARY("3+4i"), 4)
        self.assertEqual(IMAGINARY("-j"), -1)
        self.assertEqual(IMAGINARY(4), 0)

    def test_no_complex_number(self):
        self.assert_error("#NUM!", IMAGINARY, "i3")
