"""The spreadsheet function NETWORKDAYS.INTL."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def NETWORKDAYS_INTL(start: Value, end: Value, weekend: Argument = 1, holidays: Argument = None) -> int:
    """Return the number of working days between two days, both included, for a chosen weekend.

    ``weekend`` is a code such as 2 or a text such as ``0000011``. It is negative when the end comes before
    the start.
    """
    raise NotImplementedError
