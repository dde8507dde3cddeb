import math

from sheet.functions.math.tan import TAN

from ...support import FunctionTestCase


class TanTest(FunctionTestCase):
    def test_known_angles(self):
        self.assertEqual(TAN(0), 0)
        self.assert_close(TAN(math.pi / 4), 1)
        self.assert_close(TAN(-math.pi / 3), -math.sqrt(3))

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", TAN, "x")
