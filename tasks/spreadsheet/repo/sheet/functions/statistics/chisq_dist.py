"""The spreadsheet function CHISQ.DIST."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def CHISQ_DIST(x: Value, freedom: Value, cumulative: Value) -> float:
    """Return the chi-squared distribution: its probability up to ``x``, or its density there.

    ``#NUM!`` for a negative ``x`` or fewer than 1 degree of freedom.
    """
    raise NotImplementedError
