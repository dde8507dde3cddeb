import math

from sheet.functions.math.cot import COT

from ...support import FunctionTestCase


class CotTest(FunctionTestCase):
    def test_known_angles(self):
        self.assert_close(COT(math.pi / 4), 1)
        self.assert_close(COT(3 * math.pi / 4), -1)

    def test_zero(self):
        self.assert_error("#DIV/0!", COT, 0)
