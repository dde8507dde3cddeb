"""What the tests of functions share."""

import math
import unittest
from collections.abc import Callable
from typing import Any

from sheet.core.errors import CellError


class FunctionTestCase(unittest.TestCase):
    """A test case that knows errors and rounding."""

    def assert_error(self, code: str, call: Callable[..., Any], *arguments: Any) -> None:
        """Fail unless ``call`` raises the cell error with this code."""
        with self.assertRaises(CellError) as caught:
            call(*arguments)
        self.assertEqual(caught.exception.code, code)

    def assert_close(self, actual: Any, expected: Any) -> None:
        """Fail unless numbers agree to about nine digits; matrices are compared cell by cell."""
        if isinstance(expected, list):
            self.assertEqual(len(actual), len(expected))
            for actual_part, expected_part in zip(actual, expected, strict=True):
                self.assert_close(actual_part, expected_part)
            return
        if not math.isclose(actual, expected, rel_tol=1e-9, abs_tol=1e-12):
            self.fail(f"{actual!r} is not close to {expected!r}")
