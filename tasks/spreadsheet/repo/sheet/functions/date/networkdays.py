"""The spreadsheet function NETWORKDAYS."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def NETWORKDAYS(start: Value, end: Value, holidays: Argument = None) -> int:
    """Return the number of days from Monday to Friday between two days, both included, without holidays.

    It is negative when the end comes before the start.
    """
    raise NotImplementedError
