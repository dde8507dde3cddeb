import math

from sheet.functions.math.atan import ATAN

from ...support import FunctionTestCase


class AtanTest(FunctionTestCase):
    def test_known_angles(self):
        self.assert_close(ATAN(1), math.pi / 4)
        self.assert_close(ATAN(-1), -math.pi / 4)
        self.assertEqual(ATAN(0), 0)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", ATAN, "one")
