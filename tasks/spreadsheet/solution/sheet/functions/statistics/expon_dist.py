"""The spreadsheet function EXPON.DIST."""

import math

from sheet.core.coerce import to_bool, to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def EXPON_DIST(x: Value, rate: Value, cumulative: Value) -> float:
    """Return the exponential distribution: its probability up to ``x``, or its density there.

    ``#NUM!`` for a negative ``x`` or a rate that is not positive.
    """
    value, intensity = to_number(x), to_number(rate)
    if value < 0 or intensity <= 0:
        raise num_error("x is at least 0 and the rate positive")
    survival = math.exp(-intensity * value)
    return 1 - survival if to_bool(cumulative) else intensity * survival
