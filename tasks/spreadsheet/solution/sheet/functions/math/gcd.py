"""The spreadsheet function GCD."""

import math

from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument


@function
def GCD(*values: Argument) -> int:
    """Return the greatest whole number that divides every one of ``values``.

    Fractions are cut off. ``#NUM!`` when a number is negative.
    """
    found = [math.trunc(number) for number in numbers(*values)]
    if any(number < 0 for number in found):
        raise num_error("numbers of at least 0 are wanted")
    return math.gcd(*found)
