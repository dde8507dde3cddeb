"""The spreadsheet function EFFECT."""

from sheet.core.coerce import to_integer, to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def EFFECT(nominal: Value, periods: Value) -> float:
    """Return the effective yearly rate of a nominal one that is compounded so many times a year.

    ``#NUM!`` for a rate that is not positive or fewer than one period.
    """
    rate, count = to_number(nominal), to_integer(periods)
    if rate <= 0 or count < 1:
        raise num_error("a positive rate and at least one period are wanted")
    return (1 + rate / count) ** count - 1
