from sheet.core.errors import na_error
from sheet.functions.text.concat import CONCAT

from ...support import FunctionTestCase


class ConcatTest(FunctionTestCase):
    def test_joins_values_and_ranges(self):
        self.assertEqual(CONCAT("a", 1, [["b", None], [True, 2.5]]), "a1bTRUE2.5")

    def test_nothing(self):
        self.assertEqual(CONCAT(None), "")

    def test_too_long(self):
        self.assert_error("#VALUE!", CONCAT, "x" * 32767, "y")

    def test_errors(self):
        self.assert_error("#N/A", CONCAT, [["a", na_error()]])
