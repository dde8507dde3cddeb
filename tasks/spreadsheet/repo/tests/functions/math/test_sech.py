from sheet.functions.math.sech import SECH

from ...support import FunctionTestCase


class SechTest(FunctionTestCase):
    def test_near_and_far(self):
        self.assertEqual(SECH(0), 1)
        self.assert_close(SECH(1), 0.6480542736638855)
        self.assertEqual(SECH(-1000), 0)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", SECH, "x")
