from sheet.functions.math.coth import COTH

from ...support import FunctionTestCase


class CothTest(FunctionTestCase):
    def test_near_and_far(self):
        self.assert_close(COTH(2), 1.0373147207275481)
        self.assertEqual(COTH(-500), -1)

    def test_zero(self):
        self.assert_error("#DIV/0!", COTH, 0)
