"""The spreadsheet function ODD."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ODD(number: Value) -> int:
    """Return ``number`` rounded away from zero to an odd whole number; 0 becomes 1."""
    raise NotImplementedError
