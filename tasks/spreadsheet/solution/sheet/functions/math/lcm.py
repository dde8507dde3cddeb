"""The spreadsheet function LCM."""

import math

from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument


@function
def LCM(*values: Argument) -> int:
    """Return the smallest whole number that every one of ``values`` divides.

    Fractions are cut off. It is 0 when a number is 0, and ``#NUM!`` when one is negative.
    """
    found = [math.trunc(number) for number in numbers(*values)]
    if any(number < 0 for number in found):
        raise num_error("numbers of at least 0 are wanted")
    return math.lcm(*found)
