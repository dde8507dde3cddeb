"""The spreadsheet function ODD."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def ODD(number: Value) -> int:
    """Return ``number`` rounded away from zero to an odd whole number; 0 becomes 1."""
    value = to_number(number)
    size = 2 * math.ceil((abs(value) - 1) / 2) + 1
    return -size if value < 0 else size
