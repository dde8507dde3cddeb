"""The spreadsheet function CEILING."""

import math

from sheet.core.coerce import to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def CEILING(number: Value, significance: Value = 1) -> float:
    """Return ``number`` rounded up, towards positive infinity, to a multiple of ``significance``.

    A significance of 0 gives 0; its sign is ignored unless ``number`` is positive and it is negative:
    ``#NUM!``.
    """
    value, step = to_number(number), to_number(significance)
    if step == 0:
        return 0
    if value > 0 and step < 0:
        raise num_error("a positive number needs a positive significance")
    return math.ceil(value / abs(step)) * abs(step)
