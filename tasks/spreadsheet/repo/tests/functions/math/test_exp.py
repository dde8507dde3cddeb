import math

from sheet.functions.math.exp import EXP

from ...support import FunctionTestCase


class ExpTest(FunctionTestCase):
    def test_powers_of_e(self):
        self.assertEqual(EXP(0), 1)
        self.assert_close(EXP(1), math.e)
        self.assert_close(EXP(-1), 1 / math.e)

    def test_overflows(self):
        self.assert_error("#NUM!", EXP, 710)
