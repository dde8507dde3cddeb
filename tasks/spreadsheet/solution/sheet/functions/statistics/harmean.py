"""The spreadsheet function HARMEAN."""

import math

from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument


@function
def HARMEAN(*values: Argument) -> float:
    """Return the harmonic mean of positive numbers; ``#NUM!`` when one is not positive or there are none."""
    found = numbers(*values)
    if not found or min(found) <= 0:
        raise num_error("positive numbers are wanted")
    return len(found) / math.fsum(1 / number for number in found)
