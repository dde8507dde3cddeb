from sheet.core.errors import na_error
from sheet.functions.text.upper import UPPER

from ...support import FunctionTestCase


class UpperTest(FunctionTestCase):
    def test_letters(self):
        self.assertEqual(UPPER("total"), "TOTAL")
        self.assertEqual(UPPER("Yield 1\u00e4"), "YIELD 1\u00c4")

    def test_other_values(self):
        self.assertEqual(UPPER(None), "")

    def test_errors_stay_errors(self):
        self.assert_error("#N/A", UPPER, na_error())
