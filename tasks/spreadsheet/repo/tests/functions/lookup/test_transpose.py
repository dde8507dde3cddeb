from sheet.functions.lookup.transpose import TRANSPOSE

from ...support import FunctionTestCase


class TransposeTest(FunctionTestCase):
    def test_exchanges(self):
        self.assertEqual(TRANSPOSE([[1, 2, 3], [4, 5, 6]]), [[1, 4], [2, 5], [3, 6]])
        self.assertEqual(TRANSPOSE([[1], ["a"]]), [[1, "a"]])

    def test_a_single_value(self):
        self.assertEqual(TRANSPOSE(7), [[7]])
