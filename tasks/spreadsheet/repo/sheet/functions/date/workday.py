"""The spreadsheet function WORKDAY."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def WORKDAY(start: Value, days: Value, holidays: Argument = None) -> int:
    """Return the serial number of the day that is so many days from Monday to Friday later, without holidays.

    Negative ``days`` go back. With 0 it is the start itself.
    """
    raise NotImplementedError
