import math

from sheet.functions.math.atan2 import ATAN2

from ...support import FunctionTestCase


class Atan2Test(FunctionTestCase):
    def test_all_quadrants(self):
        self.assert_close(ATAN2(1, 1), math.pi / 4)
        self.assert_close(ATAN2(-1, 1), 3 * math.pi / 4)
        self.assert_close(ATAN2(-1, -1), -3 * math.pi / 4)

    def test_the_origin_has_no_angle(self):
        self.assert_error("#DIV/0!", ATAN2, 0, 0)
