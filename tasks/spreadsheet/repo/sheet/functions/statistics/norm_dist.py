"""The spreadsheet function NORM.DIST."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def NORM_DIST(x: Value, centre: Value, deviation: Value, cumulative: Value) -> float:
    """Return the normal distribution: its probability up to ``x``, or its density there.

    ``#NUM!`` unless the deviation is positive.
    """
    raise NotImplementedError
