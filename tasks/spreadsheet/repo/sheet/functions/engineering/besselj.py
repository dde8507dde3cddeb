"""The spreadsheet function BESSELJ."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def BESSELJ(x: Value, order: Value) -> float:
    """Return the Bessel function of the first kind for a whole ``order`` of at least 0, else ``#NUM!``.

    It is the mean of cos(order * t - x * sin(t)) for t from 0 to pi.
    """
    raise NotImplementedError
