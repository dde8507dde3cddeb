"""The spreadsheet function SUM."""

import math

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument


@function
def SUM(*values: Argument) -> float:
    """Return the sum of all the numbers among ``values``, without accumulated rounding.

    In ranges only numbers count; text given directly must spell a number.
    """
    return math.fsum(numbers(*values))
