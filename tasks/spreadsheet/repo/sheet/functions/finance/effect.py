"""The spreadsheet function EFFECT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def EFFECT(nominal: Value, periods: Value) -> float:
    """Return the effective yearly rate of a nominal one that is compounded so many times a year.

    ``#NUM!`` for a rate that is not positive or fewer than one period.
    """
    raise NotImplementedError
