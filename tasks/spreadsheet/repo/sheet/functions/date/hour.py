"""The spreadsheet function HOUR."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def HOUR(serial: Value) -> int:
    """Return the hour of the time of a day, 0 to 23."""
    raise NotImplementedError
