"""The spreadsheet function DATE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def DATE(year: Value, month: Value, day: Value) -> int:
    """Return the serial number of a day.

    Months and days beyond their usual ends run on into the next or the previous ones. Years below 1900 are
    added to 1900. ``#NUM!`` for days outside the calendar.
    """
    raise NotImplementedError
