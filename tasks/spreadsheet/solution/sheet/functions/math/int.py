"""The spreadsheet function INT."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def INT(number: Value) -> int:
    """Return ``number`` rounded down to a whole number, away from zero when it is negative."""
    return math.floor(to_number(number))
