"""Dates that are months apart."""

import calendar
from datetime import date


def add_months(day: date, months: int) -> date:
    """Return the date so many months later, or earlier; the last day of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month + months, 12)
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last))
