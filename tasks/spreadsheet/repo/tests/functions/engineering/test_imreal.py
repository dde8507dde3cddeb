from sheet.functions.engineering.imreal import IMREAL

from ...support import FunctionTestCase


class ImrealTest(FunctionTestCase):
    def test_real_parts(self):
        self.assertEqual(IMREAL("6-9i"), 6)
        self.assertEqual(IMREAL("4j"), 0)
        self.assertEqual(IMREAL(2.5), 2.5)

    def test_no_complex_number(self):
        self.assert_error("#NUM!", IMREAL, "6-")
