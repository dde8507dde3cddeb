import math

from sheet.functions.statistics.lognorm_inv import LOGNORM_INV

from ...support import FunctionTestCase


class LognormInvTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(LOGNORM_INV(0.039084, 3.5, 1.2), 4.000025, places=5)
        self.assert_close(LOGNORM_INV(0.5, 2, 1), math.exp(2))

    def test_impossible_input(self):
        self.assert_error("#NUM!", LOGNORM_INV, 0, 1, 1)
