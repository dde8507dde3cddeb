"""The spreadsheet function SINH."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def SINH(number: Value) -> float:
    """Return the hyperbolic sine of ``number``; ``#NUM!`` when it is too large."""
    return math.sinh(to_number(number))
