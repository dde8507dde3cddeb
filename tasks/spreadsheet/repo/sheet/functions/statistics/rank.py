"""The spreadsheet function RANK."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def RANK(number: Value, values: Argument, ascending: Value = False) -> int:
    """Return the rank of ``number`` among ``values``, from 1; equal numbers share the best rank.

    It counts from the largest, or from the smallest when ``ascending``. ``#N/A`` when the number is not
    there.
    """
    raise NotImplementedError
