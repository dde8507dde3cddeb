import math

from sheet.functions.math.csc import CSC

from ...support import FunctionTestCase


class CscTest(FunctionTestCase):
    def test_known_angles(self):
        self.assertEqual(CSC(math.pi / 2), 1)
        self.assert_close(CSC(math.pi / 6), 2)

    def test_zero(self):
        self.assert_error("#DIV/0!", CSC, 0)
