"""The spreadsheet function SQRTPI."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def SQRTPI(number: Value) -> float:
    """Return the square root of ``number`` times pi; ``#NUM!`` for a negative number."""
    return math.sqrt(to_number(number) * math.pi)
