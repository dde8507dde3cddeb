from sheet.functions.statistics.norm_inv import NORM_INV

from ...support import FunctionTestCase


class NormInvTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(NORM_INV(0.908789, 40, 1.5), 42.000002, places=6)
        self.assert_close(NORM_INV(0.5, 7, 3), 7)

    def test_impossible_input(self):
        self.assert_error("#NUM!", NORM_INV, 1, 0, 1)
