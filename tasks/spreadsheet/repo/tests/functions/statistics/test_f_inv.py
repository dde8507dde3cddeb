from sheet.functions.statistics.f_inv import F_INV

from ...support import FunctionTestCase


class FInvTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(F_INV(0.01, 6, 4), 0.10930991, places=8)
        self.assertAlmostEqual(F_INV(0.99, 6, 4), 15.2068649, places=6)

    def test_impossible_input(self):
        self.assert_error("#NUM!", F_INV, 1, 6, 4)
