from sheet.core.errors import CellError, na_error, num_error
from sheet.functions.information.error_type import ERROR_TYPE

from ...support import FunctionTestCase


class ErrorTypeTest(FunctionTestCase):
    def test_errors_have_numbers(self):
        self.assertEqual(ERROR_TYPE(num_error()), 6)
        self.assertEqual(ERROR_TYPE(na_error()), 7)
        self.assertEqual(ERROR_TYPE(CellError("#DIV/0!")), 2)

    def test_values_have_none(self):
        self.assert_error("#N/A", ERROR_TYPE, 5)
        self.assert_error("#N/A", ERROR_TYPE, CellError("#CYCLE!"))
