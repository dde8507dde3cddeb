from sheet.functions.statistics.confidence_t import CONFIDENCE_T

from ...support import FunctionTestCase


class ConfidenceTTest(FunctionTestCase):
    def test_known_value(self):
        self.assertAlmostEqual(CONFIDENCE_T(0.05, 1, 50), 0.2841969, places=7)

    def test_one_value(self):
        self.assert_error("#DIV/0!", CONFIDENCE_T, 0.05, 1, 1)

    def test_impossible_input(self):
        self.assert_error("#NUM!", CONFIDENCE_T, 1, 1, 10)
