"""The spreadsheet function CORREL."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def CORREL(x: Argument, y: Argument) -> float:
    """Return the correlation coefficient of two ranges, from -1 to 1.

    Pairs with a cell that is no number are skipped. ``#N/A`` for different sizes, ``#DIV/0!`` for no
    variation.
    """
    raise NotImplementedError
