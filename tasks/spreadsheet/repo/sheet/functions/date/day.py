"""The spreadsheet function DAY."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def DAY(serial: Value) -> int:
    """Return the day of the month, 1 to 31."""
    raise NotImplementedError
