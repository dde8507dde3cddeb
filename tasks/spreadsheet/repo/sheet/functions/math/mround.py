"""The spreadsheet function MROUND."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def MROUND(number: Value, multiple: Value) -> float:
    """Return ``number`` rounded to the nearest multiple of ``multiple``; halves go away from zero.

    A multiple of 0 gives 0. ``#NUM!`` when the signs differ.
    """
    raise NotImplementedError
