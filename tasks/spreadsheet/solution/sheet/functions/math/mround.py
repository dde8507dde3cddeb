"""The spreadsheet function MROUND."""

import math

from sheet.core.coerce import to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def MROUND(number: Value, multiple: Value) -> float:
    """Return ``number`` rounded to the nearest multiple of ``multiple``; halves go away from zero.

    A multiple of 0 gives 0. ``#NUM!`` when the signs differ.
    """
    value, step = to_number(number), to_number(multiple)
    if step == 0:
        return 0
    if value * step < 0:
        raise num_error("both numbers need the same sign")
    return math.floor(value / step + 0.5) * step
