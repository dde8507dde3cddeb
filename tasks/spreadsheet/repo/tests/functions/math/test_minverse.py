from sheet.functions.math.minverse import MINVERSE

from ...support import FunctionTestCase


class MinverseTest(FunctionTestCase):
    def test_inverts(self):
        self.assert_close(MINVERSE([[4, -1], [2, 0]]), [[0, 0.5], [-1, 2]])
        self.assert_close(MINVERSE(4), [[0.25]])

    def test_refuses_other_matrices(self):
        self.assert_error("#NUM!", MINVERSE, [[1, 1], [1, 1]])
        self.assert_error("#VALUE!", MINVERSE, [[1, 2, 3], [4, 5, 6]])
