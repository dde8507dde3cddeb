"""The spreadsheet function RANK.AVG."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def RANK_AVG(number: Value, values: Argument, ascending: Value = False) -> float:
    """Return the rank of ``number`` among ``values``, from 1; equal numbers share the mean of their ranks.

    It counts from the largest, or from the smallest when ``ascending``. ``#N/A`` when the number is not
    there.
    """
    raise NotImplementedError
