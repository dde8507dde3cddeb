"""The spreadsheet function SUMSQ."""

import math

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument


@function
def SUMSQ(*values: Argument) -> float:
    """Return the sum of the squares of all the numbers among ``values``."""
    return math.fsum(number * number for number in numbers(*values))
