"""The spreadsheet function SUMX2PY2."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def SUMX2PY2(x: Argument, y: Argument) -> float:
    """Return the sum, over the pairs of numbers of two ranges, of the squares of x and y.

    Ranges of different sizes are ``#N/A``.
    """
    raise NotImplementedError
