"""The spreadsheet function SUMXMY2."""

import math

from sheet.core.function import function
from sheet.core.ranges import pairs
from sheet.core.types import Argument


@function
def SUMXMY2(x: Argument, y: Argument) -> float:
    """Return the sum, over the pairs of numbers of two ranges, of the squares of their differences.

    Ranges of different sizes are ``#N/A``.
    """
    return math.fsum((a - b) ** 2 for a, b in pairs(x, y))
