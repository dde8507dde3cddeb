from sheet.functions.finance.rri import RRI

from ...support import FunctionTestCase


class RriTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(RRI(96, 10000, 11000), 0.0009933073762913)
        self.assert_close(RRI(2, 100, 121), 0.1)

    def test_no_growth(self):
        self.assert_error("#NUM!", RRI, 0, 100, 121)
        self.assert_error("#NUM!", RRI, 2, 100, -121)
