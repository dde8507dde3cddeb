"""The spreadsheet function MATCH."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def MATCH(wanted: Value, keys: Argument, mode: Value = 1) -> int:
    """Return the position, from 1, of ``wanted`` in a row or column.

    ``mode`` 0: the first equal key, where texts may hold wildcards. 1: the last key that is not above, of
    keys in growing order. -1: the last key that is not below, of keys in falling order. ``#N/A`` when none
    fits.
    """
    raise NotImplementedError
