import math

from sheet.functions.math.sin import SIN

from ...support import FunctionTestCase


class SinTest(FunctionTestCase):
    def test_known_angles(self):
        self.assertEqual(SIN(0), 0)
        self.assertEqual(SIN(math.pi / 2), 1)
        self.assert_close(SIN(-math.pi / 6), -0.5)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", SIN, "x")
