from sheet.functions.finance.effect import EFFECT

from ...support import FunctionTestCase


class EffectTest(FunctionTestCase):
    def test_compounds(self):
        self.assert_close(EFFECT(0.0525, 4), 0.053542667370758)
        self.assert_close(EFFECT(0.1, 1), 0.1)

    def test_impossible_rates(self):
        self.assert_error("#NUM!", EFFECT, 0, 4)
        self.assert_error("#NUM!", EFFECT, 0.1, 0)
