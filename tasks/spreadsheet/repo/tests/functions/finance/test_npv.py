from sheet.functions.finance.npv import NPV

from ...support import FunctionTestCase


class NpvTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(NPV(0.1, -10000, 3000, 4200, 6800), 1188.4434123352207)
        self.assert_close(NPV(0.08, [[8000, 9200, 10000, 12000, 14500]]), 41922.06155493)
        self.assertEqual(NPV(0.5, [[3, "x"]], 9), 6)

    def test_the_rate_takes_everything(self):
        self.assert_error("#DIV/0!", NPV, -1, 100)
