from sheet.functions.statistics.chisq_inv import CHISQ_INV

from ...support import FunctionTestCase


class ChisqInvTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(CHISQ_INV(0.93, 1), 3.2830203, places=7)
        self.assertAlmostEqual(CHISQ_INV(0.6, 2), 1.8325815, places=7)

    def test_outside(self):
        self.assert_error("#NUM!", CHISQ_INV, 1, 2)
        self.assert_error("#NUM!", CHISQ_INV, 0.5, 0)
