"""The spreadsheet function WORKDAY."""

import datetime

from sheet.core.coerce import to_integer
from sheet.core.dates import holiday_dates, to_date, to_serial
from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def WORKDAY(start: Value, days: Value, holidays: Argument = None) -> int:
    """Return the serial number of the day that is so many days from Monday to Friday later, without holidays.

    Negative ``days`` go back. With 0 it is the start itself.
    """
    day, left = to_date(start), to_integer(days)
    free = holiday_dates(holidays)
    step = datetime.timedelta(days=1 if left > 0 else -1)
    while left:
        day += step
        if day.weekday() < 5 and day not in free:
            left -= 1 if left > 0 else -1
    return to_serial(day)
