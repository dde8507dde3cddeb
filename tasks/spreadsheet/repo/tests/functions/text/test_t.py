from sheet.core.errors import na_error
from sheet.functions.text.t import T

from ...support import FunctionTestCase


class TTest(FunctionTestCase):
    def test_text(self):
        self.assertEqual(T("Rainfall"), "Rainfall")

    def test_everything_else(self):
        self.assertEqual(T(19), "")
        self.assertEqual(T(True), "")

    def test_errors_stay_errors(self):
        self.assert_error("#N/A", T, na_error())
