"""The spreadsheet function MINUTE."""

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def MINUTE(serial: Value) -> int:
    """Return the minute of the time of a day, 0 to 59."""
    seconds = round(to_number(serial) % 1 * 86400)
    return seconds // 60 % 60
