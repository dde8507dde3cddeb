"""The spreadsheet function WRAPROWS."""

from sheet.core.function import function
from sheet.core.types import Argument, Matrix, Value


@function
def WRAPROWS(values: Argument, count: Value, filling: Value = None) -> Matrix:
    """Return a row or column broken into rows of ``count`` cells.

    The rest is ``filling``, or ``#N/A`` without one. ``#NUM!`` for a count below 1, ``#VALUE!`` for a larger
    block.
    """
    raise NotImplementedError
