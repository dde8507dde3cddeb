from sheet.functions.finance.sln import SLN

from ...support import FunctionTestCase


class SlnTest(FunctionTestCase):
    def test_equal_parts(self):
        self.assertEqual(SLN(30000, 7500, 10), 2250)
        self.assertEqual(SLN(100, None, 4), 25)

    def test_no_life(self):
        self.assert_error("#DIV/0!", SLN, 100, 0, 0)
