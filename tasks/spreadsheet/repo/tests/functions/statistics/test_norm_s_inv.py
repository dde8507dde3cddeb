from sheet.functions.statistics.norm_s_inv import NORM_S_INV

from ...support import FunctionTestCase


class NormSInvTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(NORM_S_INV(0.908789), 1.3333347, places=7)
        self.assertAlmostEqual(NORM_S_INV(0.025), -1.9599640, places=7)

    def test_impossible_input(self):
        self.assert_error("#NUM!", NORM_S_INV, 0)
        self.assert_error("#NUM!", NORM_S_INV, 1)
