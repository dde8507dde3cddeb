from sheet.functions.engineering.imabs import IMABS

from ...support import FunctionTestCase


class ImabsTest(FunctionTestCase):
    def test_distances(self):
        self.assertEqual(IMABS("5+12i"), 13)
        self.assertEqual(IMABS("-j"), 1)
        self.assertEqual(IMABS(-7), 7)

    def test_no_complex_number(self):
        self.assert_error("#NUM!", IMABS, "x")
