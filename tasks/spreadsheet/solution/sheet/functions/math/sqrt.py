"""The spreadsheet function SQRT."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def SQRT(number: Value) -> float:
    """Return the square root of ``number`` that is not negative; ``#NUM!`` for a negative number."""
    return math.sqrt(to_number(number))
