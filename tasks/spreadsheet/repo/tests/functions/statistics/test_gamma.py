from sheet.functions.statistics.gamma import GAMMA

from ...support import FunctionTestCase


class GammaTest(FunctionTestCase):
    def test_extends_the_factorial(self):
        self.assertEqual(GAMMA(5), 24)
        self.assert_close(GAMMA(2.5), 1.329340388179137)
        self.assert_close(GAMMA(-3.75), 0.2678661288614166)

    def test_poles(self):
        self.assert_error("#NUM!", GAMMA, 0)
        self.assert_error("#NUM!", GAMMA, -2)
