"""The spreadsheet function RANK."""

from sheet.core.coerce import to_bool, to_number
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import ranks
from sheet.core.types import Argument, Value


@function
def RANK(number: Value, values: Argument, ascending: Value = False) -> int:
    """Return the rank of ``number`` among ``values``, from 1; equal numbers share the best rank.

    It counts from the largest, or from the smallest when ``ascending``. ``#N/A`` when the number is not
    there.
    """
    return ranks(numbers(values), to_number(number), to_bool(ascending))[0]
