"""The spreadsheet function WEIBULL.DIST."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def WEIBULL_DIST(x: Value, form: Value, scale: Value, cumulative: Value) -> float:
    """Return the Weibull distribution: its probability up to ``x``, or its density there.

    ``#NUM!`` for a negative ``x`` or a parameter that is not positive.
    """
    raise NotImplementedError
