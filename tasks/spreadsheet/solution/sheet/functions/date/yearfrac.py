"""The spreadsheet function YEARFRAC."""

from sheet.core.coerce import to_integer
from sheet.core.dates import to_date, year_fraction
from sheet.core.function import function
from sheet.core.types import Value


@function
def YEARFRAC(start: Value, end: Value, basis: Value = 0) -> float:
    """Return the time between two days in years.

    ``basis``: 0 American 30/360, 1 actual, 2 actual/360, 3 actual/365, 4 European 30/360; others are
    ``#NUM!``.
    """
    return year_fraction(to_date(start), to_date(end), to_integer(basis))
