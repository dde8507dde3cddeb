from sheet.functions.finance.nominal import NOMINAL

from ...support import FunctionTestCase


class NominalTest(FunctionTestCase):
    def test_undoes_compounding(self):
        self.assertAlmostEqual(NOMINAL(0.053543, 4), 0.05250032, places=8)
        self.assert_close(NOMINAL(0.21, 2), 0.2)

    def test_impossible_rates(self):
        self.assert_error("#NUM!", NOMINAL, -0.1, 4)
