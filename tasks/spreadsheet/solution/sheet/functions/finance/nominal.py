"""The spreadsheet function NOMINAL."""

from sheet.core.coerce import to_integer, to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def NOMINAL(effective: Value, periods: Value) -> float:
    """Return the nominal yearly rate that, compounded so many times a year, has this effective rate.

    ``#NUM!`` for a rate that is not positive or fewer than one period.
    """
    rate, count = to_number(effective), to_integer(periods)
    if rate <= 0 or count < 1:
        raise num_error("a positive rate and at least one period are wanted")
    return count * ((1 + rate) ** (1 / count) - 1)
