"""The spreadsheet function WEIBULL.DIST."""

import math

from sheet.core.coerce import to_bool, to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def WEIBULL_DIST(x: Value, form: Value, scale: Value, cumulative: Value) -> float:
    """Return the Weibull distribution: its probability up to ``x``, or its density there.

    ``#NUM!`` for a negative ``x`` or a parameter that is not positive.
    """
    value, alpha, beta = to_number(x), to_number(form), to_number(scale)
    if value < 0 or alpha <= 0 or beta <= 0:
        raise num_error("x is at least 0 and the parameters positive")
    survival = math.exp(-((value / beta) ** alpha))
    return 1 - survival if to_bool(cumulative) else alpha / beta**alpha * value ** (alpha - 1) * survival
