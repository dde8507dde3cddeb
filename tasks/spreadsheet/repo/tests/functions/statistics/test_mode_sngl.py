from sheet.functions.statistics.mode_sngl import MODE_SNGL

from ...support import FunctionTestCase


class ModeSnglTest(FunctionTestCase):
    def test_most_often(self):
        self.assertEqual(MODE_SNGL([[5.6, 4, 4, 3, 2, 4]]), 4)
        self.assertEqual(MODE_SNGL(3, 1, 1, 3), 3)

    def test_no_repetition(self):
        self.assert_error("#N/A", MODE_SNGL, 1, 2, 3)
        self.assert_error("#N/A", MODE_SNGL, [[None]])
