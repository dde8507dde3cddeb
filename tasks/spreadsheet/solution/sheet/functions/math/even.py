"""The spreadsheet function EVEN."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def EVEN(number: Value) -> int:
    """Return ``number`` rounded away from zero to an even whole number."""
    value = to_number(number)
    size = 2 * math.ceil(abs(value) / 2)
    return -size if value < 0 else size
