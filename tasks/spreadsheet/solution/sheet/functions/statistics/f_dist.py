"""The spreadsheet function F.DIST."""

import math

from sheet.core.coerce import to_bool, to_integer, to_number
from sheet.core.distributions import f_cumulative
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def F_DIST(x: Value, freedom1: Value, freedom2: Value, cumulative: Value) -> float:
    """Return the F distribution: its probability up to ``x``, or its density there.

    ``#NUM!`` for a negative ``x`` or fewer than 1 degree of freedom.
    """
    value, d1, d2 = to_number(x), to_integer(freedom1), to_integer(freedom2)
    if value < 0 or d1 < 1 or d2 < 1:
        raise num_error("x is at least 0 and the freedoms at least 1")
    if to_bool(cumulative):
        return f_cumulative(value, d1, d2)
    log_beta = math.lgamma(d1 / 2) + math.lgamma(d2 / 2) - math.lgamma((d1 + d2) / 2)
    scale = (d1 / d2) ** (d1 / 2) * value ** (d1 / 2 - 1) / math.exp(log_beta)
    return scale * (1 + d1 * value / d2) ** (-(d1 + d2) / 2)
