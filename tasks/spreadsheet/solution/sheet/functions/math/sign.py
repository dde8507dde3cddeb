"""The spreadsheet function SIGN."""

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def SIGN(number: Value) -> int:
    """Return 1 for a positive number, -1 for a negative one, and 0 for zero."""
    value = to_number(number)
    return (value > 0) - (value < 0)
