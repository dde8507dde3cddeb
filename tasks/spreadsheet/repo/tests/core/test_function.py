import inspect
import math

from sheet.core.errors import CellError, na_error
from sheet.core.function import error_aware, function

from ..support import FunctionTestCase


class FunctionTest(FunctionTestCase):
    def test_errors_among_the_arguments_are_raised(self):
        double = function(lambda number: number * 2)
        self.assertEqual(double(4), 8)
        self.assert_error("#N/A", double, na_error())

    def test_arithmetic_errors_become_cell_errors(self):
        self.assert_error("#DIV/0!", function(lambda: 1 / 0))
        self.assert_error("#NUM!", function(lambda: math.exp(1000)))
        self.assert_error("#NUM!", function(lambda: math.sqrt(-1)))

    def test_results_are_cleaned(self):
        self.assert_error("#NUM!", function(lambda: (-8) ** 0.5))
        self.assertEqual(str(function(lambda: -0.0)()), "0.0")

    def test_name_and_signature_stay(self):
        @function
        def half(number, digits=2):
            """Halve it."""
            return round(number / 2, digits)

        self.assertEqual((half.__name__, half.__doc__), ("half", "Halve it."))
        self.assertEqual(list(inspect.signature(half).parameters), ["number", "digits"])


class ErrorAwareTest(FunctionTestCase):
    def test_sees_errors(self):
        is_error = error_aware(lambda value: isinstance(value, CellError))
        self.assertIs(is_error(na_error()), True)
        self.assertIs(is_error(1), False)

    def test_still_guards_the_body(self):
        self.assert_error("#DIV/0!", error_aware(lambda: 1 // 0))
