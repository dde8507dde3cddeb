"""The spreadsheet function GAMMA.DIST."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def GAMMA_DIST(x: Value, alpha: Value, beta: Value, cumulative: Value) -> float:
    """Return the gamma distribution: its probability up to ``x``, or its density there.

    ``#NUM!`` for a negative ``x`` or a parameter that is not positive.
    """
    raise NotImplementedError
