import math

from sheet.functions.engineering.imargument import IMARGUMENT

from ...support import FunctionTestCase


class ImargumentTest(FunctionTestCase):
    def test_angles(self):
        self.assert_close(IMARGUMENT("3+4i"), 0.9272952180016122)
        self.assert_close(IMARGUMENT("-1"), math.pi)
        self.assert_close(IMARGUMENT("-i"), -math.pi / 2)

    def test_zero_has_none(self):
        self.assert_error("#DIV/0!", IMARGUMENT, 0)
