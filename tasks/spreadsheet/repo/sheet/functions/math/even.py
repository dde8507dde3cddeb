"""The spreadsheet function EVEN."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def EVEN(number: Value) -> int:
    """Return ``number`` rounded away from zero to an even whole number."""
    raise NotImplementedError
