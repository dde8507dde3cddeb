from sheet.functions.statistics.permutationa import PERMUTATIONA

from ...support import FunctionTestCase


class PermutationaTest(FunctionTestCase):
    def test_counts_with_repetition(self):
        self.assertEqual(PERMUTATIONA(3, 2), 9)
        self.assertEqual(PERMUTATIONA(2, 10), 1024)
        self.assertEqual(PERMUTATIONA(0, 0), 1)

    def test_negative_counts(self):
        self.assert_error("#NUM!", PERMUTATIONA, 3, -1)
