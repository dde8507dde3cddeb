import math

from sheet.functions.math.ln import LN

from ...support import FunctionTestCase


class LnTest(FunctionTestCase):
    def test_undoes_powers_of_e(self):
        self.assertEqual(LN(1), 0)
        self.assert_close(LN(math.e**3), 3)

    def test_outside_the_domain(self):
        self.assert_error("#NUM!", LN, 0)
        self.assert_error("#NUM!", LN, -1)
