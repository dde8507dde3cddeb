"""Dates: serial day numbers, months of different lengths, working days and parts of a year.

Day 1 is 31 December 1899, so that 1 January 2000 is day 36526. A fraction is the time of the day.
"""

import calendar
import datetime
import re

from sheet.core.coerce import scalar, to_integer, to_number
from sheet.core.errors import num_error, value_error
from sheet.core.types import Argument

_EPOCH = datetime.date(1899, 12, 30)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_WEEKENDS = {1: (5, 6), 2: (6, 0), 3: (0, 1), 4: (1, 2), 5: (2, 3), 6: (3, 4), 7: (4, 5)}


def to_serial(day: datetime.date) -> int:
    """Return the serial number of ``day``."""
    return (day - _EPOCH).days


def from_serial(serial: float) -> datetime.date:
    """Return the day with this serial number; a negative one or one beyond the year 9999 is ``#NUM!``."""
    if not 0 <= serial < 2958466:
        raise num_error(f"{serial} is not the serial number of a day")
    return _EPOCH + datetime.timedelta(days=int(serial))


def parse_date(text: str) -> datetime.date:
    """Return the day that ``text`` spells as year-month-day (``2024-2-29``); other text is ``#VALUE!``."""
    found = _ISO.fullmatch(text.strip())
    if not found:
        raise value_error(f"{text!r} is not a date; write it as 2024-02-29")
    try:
        return datetime.date(*map(int, found.groups()))
    except ValueError:
        raise value_error(f"{text!r} is not a day of the calendar") from None


def to_date(value: Argument) -> datetime.date:
    """Return ``value``, a serial number or a text that ``parse_date`` reads, as a day."""
    value = scalar(value)
    if isinstance(value, str) and _ISO.fullmatch(value.strip()):
        return parse_date(value)
    return from_serial(to_number(value))


def month_length(year: int, month: int) -> int:
    """Return the number of days of a month."""
    return calendar.monthrange(year, month)[1]


def add_months(day: datetime.date, months: int) -> datetime.date:
    """Return the same day ``months`` later (earlier when negative).

    Where that month is too short, its last day is taken. Years outside 1900 to 9999 are ``#NUM!``.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1900 <= year <= 9999:
        raise num_error("the year is out of range")
    return datetime.date(year, month + 1, min(day.day, month_length(year, month + 1)))


def days_360(start: datetime.date, end: datetime.date, european: bool = False) -> int:
    """Count days in a year of twelve months of 30 days.

    European: a day 31 is read as day 30. American: the end's day 31 is read as 30 only when the start's day
    is 30 or 31; a start on the last day of February is read as day 30.
    """
    first, last = start.day, end.day
    if not european and start.month == 2 and first == month_length(start.year, 2):
        first = 30
    first = min(first, 30)
    if last == 31 and (european or first == 30):
        last = 30
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first


def year_fraction(start: datetime.date, end: datetime.date, basis: int = 0) -> float:
    """Return the time between two days, in either order, in years.

    ``basis``: 0 American 30/360, 1 actual days over the mean length of the years touched, 2 actual/360, 3
    actual/365, 4 European 30/360. Another basis is ``#NUM!``.
    """
    start, end = min(start, end), max(start, end)
    days = (end - start).days
    if basis in {0, 4}:
        return days_360(start, end, european=basis == 4) / 360
    if basis == 1:
        years = range(start.year, end.year + 1)
        return days / (sum(365 + calendar.isleap(year) for year in years) / len(years))
    if basis in {2, 3}:
        return days / (360 if basis == 2 else 365)
    raise num_error("basis must be 0 to 4")


def weekend_days(code: Argument = 1) -> frozenset[int]:
    """Return the weekdays (Monday is 0) that ``code`` declares free.

    Codes 1 to 7 are pairs of days from Saturday-Sunday on (2 is Sunday-Monday), 11 to 17 single days from
    Sunday on. A text of seven characters holds ``1`` for a free day and ``0`` for a working day, from Monday
    on; a text of another form, or without a working day, is ``#VALUE!``. Another code is ``#NUM!``.
    """
    if isinstance(code, str):
        if not re.fullmatch("[01]{7}", code) or code == "1111111":
            raise value_error("a weekend text has seven digits, 1 for a free day")
        return frozenset(day for day, digit in enumerate(code) if digit == "1")
    number = 1 if code is None else to_integer(code)
    if number in _WEEKENDS:
        return frozenset(_WEEKENDS[number])
    if 11 <= number <= 17:
        return frozenset({(number - 12) % 7})
    raise num_error("no such weekend")


def holiday_dates(holidays: Argument) -> frozenset[datetime.date]:
    """Return the days that the argument lists: a value, a matrix with blanks, or None for no holidays."""
    rows = holidays if isinstance(holidays, list) else [[holidays]]
    return frozenset(to_date(cell) for row in rows for cell in row if cell is not None)
