from sheet.functions.statistics.binom_inv import BINOM_INV

from ...support import FunctionTestCase


class BinomInvTest(FunctionTestCase):
    def test_smallest_count(self):
        self.assertEqual(BINOM_INV(6, 0.5, 0.75), 4)
        self.assertEqual(BINOM_INV(100, 0.5, 0.2), 46)

    def test_refuses_impossible_chances(self):
        self.assert_error("#NUM!", BINOM_INV, 6, 2, 0.5)
        self.assert_error("#NUM!", BINOM_INV, 6, 0.5, 0)
