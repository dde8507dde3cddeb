from sheet.functions.statistics.prob import PROB

from ...support import FunctionTestCase

X = [[0], [1], [2], [3]]
CHANCES = [[0.2], [0.3], [0.1], [0.4]]


class ProbTest(FunctionTestCase):
    def test_one_value_and_a_span(self):
        self.assert_close(PROB(X, CHANCES, 2), 0.1)
        self.assert_close(PROB(X, CHANCES, 1, 3), 0.8)

    def test_wrong_chances(self):
        self.assert_error("#NUM!", PROB, X, [[0.2], [0.2], [0.2], [0.2]], 1)
        self.assert_error("#N/A", PROB, X, [[1]], 1)
