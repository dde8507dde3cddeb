import math

from sheet.functions.math.acot import ACOT

from ...support import FunctionTestCase


class AcotTest(FunctionTestCase):
    def test_known_angles(self):
        self.assert_close(ACOT(0), math.pi / 2)
        self.assert_close(ACOT(1), math.pi / 4)
        self.assert_close(ACOT(-1), 3 * math.pi / 4)

    def test_refuses_text(self):
        self.assert_error("#VALUE!", ACOT, "x")
