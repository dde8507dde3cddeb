"""The spreadsheet function STANDARDIZE."""

from sheet.core.coerce import to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def STANDARDIZE(x: Value, centre: Value, deviation: Value) -> float:
    """Return how many deviations ``x`` lies above the centre; ``#NUM!`` unless the deviation is positive."""
    spread = to_number(deviation)
    if spread <= 0:
        raise num_error("the deviation must be positive")
    return (to_number(x) - to_number(centre)) / spread
