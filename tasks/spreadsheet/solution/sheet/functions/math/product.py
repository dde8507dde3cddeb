"""The spreadsheet function PRODUCT."""

import math

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument


@function
def PRODUCT(*values: Argument) -> float:
    """Return the product of all the numbers among ``values``; without any it is 0."""
    found = numbers(*values)
    return math.prod(found) if found else 0
