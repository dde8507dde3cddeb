"""The spreadsheet function SECOND."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def SECOND(serial: Value) -> int:
    """Return the second of the time of a day, 0 to 59."""
    raise NotImplementedError
