"""The spreadsheet function GEOMEAN."""

import math

from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument


@function
def GEOMEAN(*values: Argument) -> float:
    """Return the geometric mean of positive numbers; ``#NUM!`` when one is not positive or there are none."""
    found = numbers(*values)
    if not found or min(found) <= 0:
        raise num_error("positive numbers are wanted")
    return math.exp(math.fsum(map(math.log, found)) / len(found))
