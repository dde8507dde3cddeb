"""The spreadsheet function CONFIDENCE.NORM."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def CONFIDENCE_NORM(alpha: Value, deviation: Value, size: Value) -> float:
    """Return half the width of the interval that holds a mean with probability 1 - ``alpha`` (normal).

    ``#NUM!`` unless ``alpha`` is between 0 and 1, ``deviation`` positive and ``size`` at least 1.
    """
    raise NotImplementedError
