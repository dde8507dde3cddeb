from sheet.functions.statistics.t_inv import T_INV

from ...support import FunctionTestCase


class TInvTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(T_INV(0.75, 2), 0.8164966, places=7)
        self.assertAlmostEqual(T_INV(0.975, 60), 2.0002978, places=7)

    def test_impossible_input(self):
        self.assert_error("#NUM!", T_INV, 1, 2)
