"""The spreadsheet function NORM.S.DIST."""

from sheet.core.coerce import to_bool, to_number
from sheet.core.distributions import normal_cumulative, normal_density
from sheet.core.function import function
from sheet.core.types import Value


@function
def NORM_S_DIST(z: Value, cumulative: Value) -> float:
    """Return the standard normal distribution: its probability up to ``z``, or its density there."""
    value = to_number(z)
    return normal_cumulative(value) if to_bool(cumulative) else normal_density(value)
