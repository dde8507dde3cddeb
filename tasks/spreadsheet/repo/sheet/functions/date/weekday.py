"""The spreadsheet function WEEKDAY."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def WEEKDAY(serial: Value, kind: Value = 1) -> int:
    """Return the number of the day of the week.

    ``kind``: 1 Sunday is 1, 2 Monday is 1, 3 Monday is 0, 11 to 17 the first day is Monday to Sunday and has
    number 1. Others are ``#NUM!``.
    """
    raise NotImplementedError
