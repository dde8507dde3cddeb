"""The spreadsheet function DATE."""

import datetime

from sheet.core.coerce import to_integer
from sheet.core.dates import add_months, to_serial
from sheet.core.function import function
from sheet.core.types import Value


@function
def DATE(year: Value, month: Value, day: Value) -> int:
    """Return the serial number of a day.

    Months and days beyond their usual ends run on into the next or the previous ones. Years below 1900 are
    added to 1900. ``#NUM!`` for days outside the calendar.
    """
    number = to_integer(year)
    january = datetime.date(number + 1900 if 0 <= number < 1900 else number, 1, 1)
    return to_serial(add_months(january, to_integer(month) - 1)) + to_integer(day) - 1
