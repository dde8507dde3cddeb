from sheet.functions.finance.pduration import PDURATION

from ...support import FunctionTestCase


class PdurationTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(PDURATION(0.025, 2000, 2200), 3.859866162622655)
        self.assert_close(PDURATION(1, 1, 8), 3)

    def test_impossible_growth(self):
        self.assert_error("#NUM!", PDURATION, 0, 1, 2)
