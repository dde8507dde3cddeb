from sheet.functions.math.power import POWER

from ...support import FunctionTestCase


class PowerTest(FunctionTestCase):
    def test_powers_and_roots(self):
        self.assertEqual(POWER(5, 2), 25)
        self.assertEqual(POWER(2, -1), 0.5)
        self.assertEqual(POWER(9, 0.5), 3)

    def test_zero(self):
        self.assert_error("#DIV/0!", POWER, 0, -1)
        self.assert_error("#NUM!", POWER, 0, 0)

    def test_no_real_result(self):
        self.assert_error("#NUM!", POWER, -8, 0.5)
