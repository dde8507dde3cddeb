"""The spreadsheet function MINUTE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def MINUTE(serial: Value) -> int:
    """Return the minute of the time of a day, 0 to 59."""
    raise NotImplementedError
