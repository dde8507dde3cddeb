"""The spreadsheet function FLOOR."""

import math

from sheet.core.coerce import to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def FLOOR(number: Value, significance: Value = 1) -> float:
    """Return ``number`` rounded down, towards negative infinity, to a multiple of ``significance``.

    ``#DIV/0!`` for a significance of 0 (unless ``number`` is 0 too), ``#NUM!`` for a negative one with a
    positive number.
    """
    value, step = to_number(number), to_number(significance)
    if value == 0:
        return 0
    if value > 0 and step < 0:
        raise num_error("a positive number needs a positive significance")
    return math.floor(value / abs(step)) * abs(step)
