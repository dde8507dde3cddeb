"""The spreadsheet function EDATE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def EDATE(start: Value, months: Value) -> int:
    """Return the serial number of the same day so many months later.

    Where that month is too short, it is the last day of it.
    """
    raise NotImplementedError
