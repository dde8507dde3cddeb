import math

from sheet.functions.math.radians import RADIANS

from ...support import FunctionTestCase


class RadiansTest(FunctionTestCase):
    def test_converts(self):
        self.assert_close(RADIANS(180), math.pi)
        self.assert_close(RADIANS(-90), -math.pi / 2)
        self.assertEqual(RADIANS(0), 0)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", RADIANS, "x")
