"""The spreadsheet function GAMMA.DIST."""

import math

from sheet.core.coerce import to_bool, to_number
from sheet.core.distributions import gamma_cumulative
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def GAMMA_DIST(x: Value, alpha: Value, beta: Value, cumulative: Value) -> float:
    """Return the gamma distribution: its probability up to ``x``, or its density there.

    ``#NUM!`` for a negative ``x`` or a parameter that is not positive.
    """
    value, form, scale = to_number(x), to_number(alpha), to_number(beta)
    if value < 0 or form <= 0 or scale <= 0:
        raise num_error("x is at least 0 and the parameters positive")
    if to_bool(cumulative):
        return gamma_cumulative(form, value / scale)
    return value ** (form - 1) * math.exp(-value / scale) / (scale**form * math.gamma(form))
