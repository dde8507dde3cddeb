"""The spreadsheet function ASINH."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def ASINH(number: Value) -> float:
    """Return the number whose hyperbolic sine is ``number``."""
    return math.asinh(to_number(number))
