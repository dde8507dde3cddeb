from sheet.functions.statistics.mode_mult import MODE_MULT

from ...support import FunctionTestCase


class ModeMultTest(FunctionTestCase):
    def test_all_that_are_most_frequent(self):
        self.assertEqual(MODE_MULT([[1, 2, 3, 4, 3, 2, 1, 2, 3, 5]]), [[2], [3]])
        self.assertEqual(MODE_MULT(7, 7), [[7]])

    def test_no_repetition(self):
        self.assert_error("#N/A", MODE_MULT, 1, 2)
