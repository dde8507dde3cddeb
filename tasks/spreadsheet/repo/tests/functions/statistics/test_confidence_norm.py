from sheet.functions.statistics.confidence_norm import CONFIDENCE_NORM

from ...support import FunctionTestCase


class ConfidenceNormTest(FunctionTestCase):
    def test_known_value(self):
        self.assertAlmostEqual(CONFIDENCE_NORM(0.05, 2.5, 50), 0.6929519, places=7)

    def test_a_larger_sample_is_surer(self):
        self.assertAlmostEqual(CONFIDENCE_NORM(0.05, 2.5, 200), 0.34647596, places=7)

    def test_impossible_input(self):
        self.assert_error("#NUM!", CONFIDENCE_NORM, 0, 1, 10)
        self.assert_error("#NUM!", CONFIDENCE_NORM, 0.05, 1, 0)
