from sheet.functions.finance.pmt import PMT

from ...support import FunctionTestCase


class PmtTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(PMT(0.08 / 12, 10, 10000), -1037.0320893591636)
        self.assert_close(PMT(0.08 / 12, 10, 10000, 0, 1), -1030.1643271779775)

    def test_without_interest(self):
        self.assertEqual(PMT(0, 10, 1000), -100)

    def test_no_periods(self):
        self.assert_error("#NUM!", PMT, 0.1, 0, 1000)
