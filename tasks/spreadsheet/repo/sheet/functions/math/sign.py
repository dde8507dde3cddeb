"""The spreadsheet function SIGN."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def SIGN(number: Value) -> int:
    """Return 1 for a positive number, -1 for a negative one, and 0 for zero."""
    raise NotImplementedError
