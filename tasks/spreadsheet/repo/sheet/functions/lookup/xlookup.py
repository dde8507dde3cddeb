"""The spreadsheet function XLOOKUP."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def XLOOKUP(
    wanted: Value, keys: Argument, results: Argument, fallback: Value = None, mode: Value = 0
) -> Argument:
    """Return what stands beside the first key that fits ``wanted``: a cell, or the row or column of a block.

    ``mode``: 0 equal, -1 equal or the next smaller, 1 equal or the next larger, 2 wildcards; others are
    ``#VALUE!``. Nothing fits: ``fallback``, or ``#N/A`` without one. ``#VALUE!`` when sizes differ.
    """
    raise NotImplementedError
