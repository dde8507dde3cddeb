"""The spreadsheet function SECH."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def SECH(number: Value) -> float:
    """Return the hyperbolic secant of ``number``: one over its hyperbolic cosine, and 0 far from 0."""
    x = to_number(number)
    return 0 if abs(x) > 700 else 1 / math.cosh(x)
