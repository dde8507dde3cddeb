"""The spreadsheet function CONFIDENCE.T."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def CONFIDENCE_T(alpha: Value, deviation: Value, size: Value) -> float:
    """Return half the width of the interval that holds a mean with probability 1 - ``alpha`` (Student).

    ``#NUM!`` unless ``alpha`` is between 0 and 1 and ``deviation`` positive; ``#DIV/0!`` for a sample of one.
    """
    raise NotImplementedError
