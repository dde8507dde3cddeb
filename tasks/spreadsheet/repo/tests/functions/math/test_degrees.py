import math

from sheet.functions.math.degrees import DEGREES

from ...support import FunctionTestCase


class DegreesTest(FunctionTestCase):
    def test_converts(self):
        self.assertEqual(DEGREES(math.pi), 180)
        self.assertEqual(DEGREES(-math.pi / 2), -90)
        self.assertEqual(DEGREES(None), 0)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", DEGREES, "x")
