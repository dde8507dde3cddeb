"""The spreadsheet function DAYS360."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def DAYS360(start: Value, end: Value, european: Value = False) -> int:
    """Return the number of days between two days in a year of twelve months with 30 days."""
    raise NotImplementedError
