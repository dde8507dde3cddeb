from sheet.functions.math.ceiling import CEILING

from ...support import FunctionTestCase


class CeilingTest(FunctionTestCase):
    def test_rounds_up_to_a_multiple(self):
        self.assertEqual(CEILING(2.5, 1), 3)
        self.assertEqual(CEILING(-2.5, 2), -2)
        self.assertEqual(CEILING(7, 5), 10)

    def test_zero_significance(self):
        self.assertEqual(CEILING(8, 0), 0)

    def test_signs_that_do_not_fit(self):
        self.assert_error("#NUM!", CEILING, 2.5, -2)
