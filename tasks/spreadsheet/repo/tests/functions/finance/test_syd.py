from sheet.functions.finance.syd import SYD

from ...support import FunctionTestCase


class SydTest(FunctionTestCase):
    def test_falls_evenly(self):
        self.assert_close(SYD(30000, 7500, 10, 1), 4090.909090909091)
        self.assert_close(SYD(30000, 7500, 10, 10), 409.09090909090907)

    def test_no_such_period(self):
        self.assert_error("#NUM!", SYD, 100, 0, 5, 6)
