"""The spreadsheet function STANDARDIZE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def STANDARDIZE(x: Value, centre: Value, deviation: Value) -> float:
    """Return how many deviations ``x`` lies above the centre; ``#NUM!`` unless the deviation is positive."""
    raise NotImplementedError
