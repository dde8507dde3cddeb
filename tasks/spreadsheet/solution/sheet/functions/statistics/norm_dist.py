"""The spreadsheet function NORM.DIST."""

from sheet.core.coerce import to_bool, to_number
from sheet.core.distributions import normal_cumulative, normal_density
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def NORM_DIST(x: Value, centre: Value, deviation: Value, cumulative: Value) -> float:
    """Return the normal distribution: its probability up to ``x``, or its density there.

    ``#NUM!`` unless the deviation is positive.
    """
    spread = to_number(deviation)
    if spread <= 0:
        raise num_error("the deviation must be positive")
    z = (to_number(x) - to_number(centre)) / spread
    return normal_cumulative(z) if to_bool(cumulative) else normal_density(z) / spread
