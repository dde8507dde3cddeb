"""The spreadsheet function NOMINAL."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def NOMINAL(effective: Value, periods: Value) -> float:
    """Return the nominal yearly rate that, compounded so many times a year, has this effective rate.

    ``#NUM!`` for a rate that is not positive or fewer than one period.
    """
    raise NotImplementedError
