"""The spreadsheet function SUMX2MY2."""

import math

from sheet.core.function import function
from sheet.core.ranges import pairs
from sheet.core.types import Argument


@function
def SUMX2MY2(x: Argument, y: Argument) -> float:
    """Return the sum, over the pairs of numbers of two ranges, of the square of x minus the square of y.

    Ranges of different sizes are ``#N/A``.
    """
    return math.fsum(a * a - b * b for a, b in pairs(x, y))
