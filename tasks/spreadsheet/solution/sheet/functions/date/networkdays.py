"""The spreadsheet function NETWORKDAYS."""

import datetime

from sheet.core.dates import holiday_dates, to_date
from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def NETWORKDAYS(start: Value, end: Value, holidays: Argument = None) -> int:
    """Return the number of days from Monday to Friday between two days, both included, without holidays.

    It is negative when the end comes before the start.
    """
    first, last = to_date(start), to_date(end)
    free = holiday_dates(holidays)
    low, high = min(first, last), max(first, last)
    days = (low + datetime.timedelta(days=number) for number in range((high - low).days + 1))
    count = sum(1 for day in days if day.weekday() < 5 and day not in free)
    return count if first <= last else -count
