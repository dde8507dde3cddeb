"""The spreadsheet function YEAR."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def YEAR(serial: Value) -> int:
    """Return the year of a day."""
    raise NotImplementedError
