"""The spreadsheet function SQRTPI."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def SQRTPI(number: Value) -> float:
    """Return the square root of ``number`` times pi; ``#NUM!`` for a negative number."""
    raise NotImplementedError
