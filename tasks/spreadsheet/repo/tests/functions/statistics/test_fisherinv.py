from sheet.functions.statistics.fisherinv import FISHERINV

from ...support import FunctionTestCase


class FisherinvTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(FISHERINV(0.9729550745276566), 0.75)
        self.assert_close(FISHERINV(-0.5), -0.46211715726000973)

    def test_far_out(self):
        self.assertEqual(FISHERINV(10000), 1)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", FISHERINV, "x")
