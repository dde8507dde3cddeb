"""The spreadsheet function NETWORKDAYS.INTL."""

import datetime

from sheet.core.dates import holiday_dates, to_date, weekend_days
from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def NETWORKDAYS_INTL(start: Value, end: Value, weekend: Argument = 1, holidays: Argument = None) -> int:
    """Return the number of working days between two days, both included, for a chosen weekend.

    ``weekend`` is a code such as 2 or a text such as ``0000011``. It is negative when the end comes before
    the start.
    """
    first, last = to_date(start), to_date(end)
    off, free = weekend_days(weekend), holiday_dates(holidays)
    low, high = min(first, last), max(first, last)
    days = (low + datetime.timedelta(days=number) for number in range((high - low).days + 1))
    count = sum(1 for day in days if day.weekday() not in off and day not in free)
    return count if first <= last else -count
