from sheet.functions.engineering.besselj import BESSELJ

from ...support import FunctionTestCase


class BesseljTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(BESSELJ(1.9, 2), 0.3299257277, places=9)
        self.assert_close(BESSELJ(0, 0), 1)
        self.assertAlmostEqual(BESSELJ(2.404825557695773, 0), 0, places=12)

    def test_impossible_order(self):
        self.assert_error("#NUM!", BESSELJ, 1, -1)
