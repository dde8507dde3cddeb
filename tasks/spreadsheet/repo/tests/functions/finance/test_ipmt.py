from sheet.functions.finance.ipmt import IPMT

from ...support import FunctionTestCase


class IpmtTest(FunctionTestCase):
    def test_interest_falls(self):
        self.assert_close(IPMT(0.1 / 12, 1, 36, 8000), -66.66666666666667)
        self.assert_close(IPMT(0.1, 3, 3, 8000), -292.4471299093658)

    def test_payments_at_the_beginning(self):
        self.assertEqual(IPMT(0.1, 1, 3, 8000, 0, 1), 0)

    def test_no_such_period(self):
        self.assert_error("#NUM!", IPMT, 0.1, 4, 3, 8000)
