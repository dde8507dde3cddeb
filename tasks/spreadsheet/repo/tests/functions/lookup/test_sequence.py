from sheet.functions.lookup.sequence import SEQUENCE

from ...support import FunctionTestCase


class SequenceTest(FunctionTestCase):
    def test_counts(self):
        self.assertEqual(SEQUENCE(3), [[1], [2], [3]])
        self.assertEqual(SEQUENCE(2, 3, 10, 5), [[10, 15, 20], [25, 30, 35]])
        self.assertEqual(SEQUENCE(1, 2, 0, -1), [[0, -1]])

    def test_no_size(self):
        self.assert_error("#VALUE!", SEQUENCE, 0)
