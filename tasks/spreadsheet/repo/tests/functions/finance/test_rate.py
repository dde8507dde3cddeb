from sheet.functions.finance.rate import RATE

from ...support import FunctionTestCase


class RateTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(RATE(48, -200, 8000), 0.007701472488210)
        self.assert_close(RATE(10, 0, -100, 200), 0.0717734625362931)

    def test_without_interest(self):
        self.assertAlmostEqual(RATE(10, -100, 1000), 0, places=9)

    def test_no_rate(self):
        self.assert_error("#NUM!", RATE, 10, 100, 1000)
