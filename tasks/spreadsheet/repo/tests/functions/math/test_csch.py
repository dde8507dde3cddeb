from sheet.functions.math.csch import CSCH

from ...support import FunctionTestCase


class CschTest(FunctionTestCase):
    def test_near_and_far(self):
        self.assert_close(CSCH(1.5), 0.46964244059522464)
        self.assert_close(CSCH(-1.5), -0.46964244059522464)
        self.assertEqual(CSCH(1000), 0)

    def test_zero(self):
        self.assert_error("#DIV/0!", CSCH, 0)
