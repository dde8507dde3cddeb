from sheet.functions.finance.ppmt import PPMT

from ...support import FunctionTestCase


class PpmtTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(PPMT(0.1 / 12, 1, 24, 2000), -75.6231860083666)
        self.assert_close(PPMT(0.08, 10, 10, 200000), -27598.05346242135)

    def test_no_such_period(self):
        self.assert_error("#NUM!", PPMT, 0.1, 0, 3, 1000)
