"""Dates: serial day numbers, months of different lengths, working days and parts of a year.

Day 1 is 31 December 1899, so that 1 January 2000 is day 36526. A fraction is the time of the day.
"""

import datetime

from sheet.core.types import Argument


def to_serial(day: datetime.date) -> int:
    """Return the serial number of ``day``."""
    raise NotImplementedError


def from_serial(serial: float) -> datetime.date:
    """Return the day with this serial number; a negative one or one beyond the year 9999 is ``#NUM!``."""
    raise NotImplementedError


def parse_date(text: str) -> datetime.date:
    """Return the day that ``text`` spells as year-month-day (``2024-2-29``); other text is ``#VALUE!``."""
    raise NotImplementedError


def to_date(value: Argument) -> datetime.date:
    """Return ``value``, a serial number or a text that ``parse_date`` reads, as a day."""
    raise NotImplementedError


def month_length(year: int, month: int) -> int:
    """Return the number of days of a month."""
    raise NotImplementedError


def add_months(day: datetime.date, months: int) -> datetime.date:
    """Return the same day ``months`` later (earlier when negative).

    Where that month is too short, its last day is taken. Years outside 1900 to 9999 are ``#NUM!``.
    """
    raise NotImplementedError


def days_360(start: datetime.date, end: datetime.date, european: bool = False) -> int:
    """Count days in a year of twelve months of 30 days.

    European: a day 31 is read as day 30. American: the end's day 31 is read as 30 only when the start's day
    is 30 or 31; a start on the last day of February is read as day 30.
    """
    raise NotImplementedError


def year_fraction(start: datetime.date, end: datetime.date, basis: int = 0) -> float:
    """Return the time between two days, in either order, in years.

    ``basis``: 0 American 30/360, 1 actual days over the mean length of the years touched, 2 actual/360, 3
    actual/365, 4 European 30/360. Another basis is ``#NUM!``.
    """
    raise NotImplementedError


def weekend_days(code: Argument = 1) -> frozenset[int]:
    """Return the weekdays (Monday is 0) that ``code`` declares free.

    Codes 1 to 7 are pairs of days from Saturday-Sunday on (2 is Sunday-Monday), 11 to 17 single days from
    Sunday on. A text of seven characters holds ``1`` for a free day and ``0`` for a working day, from Monday
    on; a text of another form, or without a working day, is ``#VALUE!``. Another code is ``#NUM!``.
    """
    raise NotImplementedError


def holiday_dates(holidays: Argument) -> frozenset[datetime.date]:
    """Return the days that the argument lists: a value, a matrix with blanks, or None for no holidays."""
    raise NotImplementedError
