"""The spreadsheet function CHISQ.DIST."""

import math

from sheet.core.coerce import to_bool, to_integer, to_number
from sheet.core.distributions import gamma_cumulative
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def CHISQ_DIST(x: Value, freedom: Value, cumulative: Value) -> float:
    """Return the chi-squared distribution: its probability up to ``x``, or its density there.

    ``#NUM!`` for a negative ``x`` or fewer than 1 degree of freedom.
    """
    value, degrees = to_number(x), to_integer(freedom)
    if value < 0 or degrees < 1:
        raise num_error("x is at least 0 and the freedom at least 1")
    if to_bool(cumulative):
        return gamma_cumulative(degrees / 2, value / 2)
    half = degrees / 2
    return value ** (half - 1) * math.exp(-value / 2) / (2**half * math.gamma(half))
