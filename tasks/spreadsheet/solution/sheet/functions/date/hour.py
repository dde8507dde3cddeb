"""The spreadsheet function HOUR."""

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def HOUR(serial: Value) -> int:
    """Return the hour of the time of a day, 0 to 23."""
    seconds = round(to_number(serial) % 1 * 86400)
    return seconds // 3600 % 24
