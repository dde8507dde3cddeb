"""The spreadsheet function EXPON.DIST."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def EXPON_DIST(x: Value, rate: Value, cumulative: Value) -> float:
    """Return the exponential distribution: its probability up to ``x``, or its density there.

    ``#NUM!`` for a negative ``x`` or a rate that is not positive.
    """
    raise NotImplementedError
