"""The spreadsheet function SUMX2MY2."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def SUMX2MY2(x: Argument, y: Argument) -> float:
    """Return the sum, over the pairs of numbers of two ranges, of the square of x minus the square of y.

    Ranges of different sizes are ``#N/A``.
    """
    raise NotImplementedError
