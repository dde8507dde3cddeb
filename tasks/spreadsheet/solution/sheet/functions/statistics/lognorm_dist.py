"""The spreadsheet function LOGNORM.DIST."""

import math

from sheet.core.coerce import to_bool, to_number
from sheet.core.distributions import normal_cumulative, normal_density
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def LOGNORM_DIST(x: Value, mean_log: Value, deviation_log: Value, cumulative: Value) -> float:
    """Return the log-normal distribution: its probability up to ``x``, or its density there.

    Parameters are mean and deviation of the logarithm. ``#NUM!`` unless ``x`` and the deviation are positive.
    """
    value, centre, spread = to_number(x), to_number(mean_log), to_number(deviation_log)
    if value <= 0 or spread <= 0:
        raise num_error("x and the deviation must be positive")
    z = (math.log(value) - centre) / spread
    return normal_cumulative(z) if to_bool(cumulative) else normal_density(z) / (value * spread)
