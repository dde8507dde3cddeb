"""The spreadsheet function ISPMT."""

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def ISPMT(rate: Value, period: Value, periods: Value, present: Value) -> float:
    """Return the interest of one period, from 0, of a loan that is paid back in equal parts."""
    return -to_number(present) * to_number(rate) * (1 - to_number(period) / to_number(periods))
