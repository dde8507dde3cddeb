"""The spreadsheet function MONTH."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def MONTH(serial: Value) -> int:
    """Return the month of a day, 1 to 12."""
    raise NotImplementedError
