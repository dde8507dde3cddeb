from sheet.core.errors import na_error
from sheet.functions.information.n import N

from ...support import FunctionTestCase


class NTest(FunctionTestCase):
    def test_numbers_and_truth_values(self):
        self.assertEqual(N(7.5), 7.5)
        self.assertEqual(N(True), 1)

    def test_text_and_blanks_are_zero(self):
        self.assertEqual(N("7"), 0)
        self.assertEqual(N(None), 0)

    def test_errors_stay_errors(self):
        self.assert_error("#N/A", N, na_error())
