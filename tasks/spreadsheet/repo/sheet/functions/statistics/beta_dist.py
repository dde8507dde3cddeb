"""The spreadsheet function BETA.DIST."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def BETA_DIST(
    x: Value, alpha: Value, beta: Value, cumulative: Value, low: Value = 0, high: Value = 1
) -> float:
    """Return the beta distribution from ``low`` to ``high``: the probability up to ``x``, or the density.

    ``#NUM!`` when a parameter is not positive, ``x`` is outside the ends, or the ends are equal.
    """
    raise NotImplementedError
