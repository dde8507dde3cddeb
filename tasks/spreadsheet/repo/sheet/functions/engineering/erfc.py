"""The spreadsheet function ERFC."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ERFC(number: Value) -> float:
    """Return the complement of the error function, exact far out where the function itself is 1."""
    raise NotImplementedError
