"""The spreadsheet function SQRT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def SQRT(number: Value) -> float:
    """Return the square root of ``number`` that is not negative; ``#NUM!`` for a negative number."""
    raise NotImplementedError
