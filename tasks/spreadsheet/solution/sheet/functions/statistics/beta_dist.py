"""The spreadsheet function BETA.DIST."""

import math

from sheet.core.coerce import to_bool, to_number
from sheet.core.distributions import beta_cumulative
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def BETA_DIST(
    x: Value, alpha: Value, beta: Value, cumulative: Value, low: Value = 0, high: Value = 1
) -> float:
    """Return the beta distribution from ``low`` to ``high``: the probability up to ``x``, or the density.

    ``#NUM!`` when a parameter is not positive, ``x`` is outside the ends, or the ends are equal.
    """
    a, b, start, end = (to_number(value) for value in (alpha, beta, low, high))
    if a <= 0 or b <= 0 or not start <= to_number(x) <= end or start == end:
        raise num_error("x lies outside the distribution")
    share = (to_number(x) - start) / (end - start)
    if to_bool(cumulative):
        return beta_cumulative(share, a, b)
    scale = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)) / (end - start)
    return scale * share ** (a - 1) * (1 - share) ** (b - 1)
