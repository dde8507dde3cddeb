"""The spreadsheet function RANK.AVG."""

from sheet.core.coerce import to_bool, to_number
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import ranks
from sheet.core.types import Argument, Value


@function
def RANK_AVG(number: Value, values: Argument, ascending: Value = False) -> float:
    """Return the rank of ``number`` among ``values``, from 1; equal numbers share the mean of their ranks.

    It counts from the largest, or from the smallest when ``ascending``. ``#N/A`` when the number is not
    there.
    """
    first, last = ranks(numbers(values), to_number(number), to_bool(ascending))
    return (first + last) / 2
