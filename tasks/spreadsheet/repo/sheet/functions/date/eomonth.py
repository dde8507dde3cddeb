"""The spreadsheet function EOMONTH."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def EOMONTH(start: Value, months: Value) -> int:
    """Return the serial number of the last day of the month that lies so many months later."""
    raise NotImplementedError
