"""The spreadsheet function ERFC."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def ERFC(number: Value) -> float:
    """Return the complement of the error function, exact far out where the function itself is 1."""
    return math.erfc(to_number(number))
