"""The spreadsheet function MULTINOMIAL."""

import math

from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument


@function
def MULTINOMIAL(*values: Argument) -> int:
    """Return the factorial of the sum of ``values``, divided by the product of their factorials.

    Fractions are cut off. ``#NUM!`` when a number is negative.
    """
    counts = [math.trunc(number) for number in numbers(*values)]
    if any(count < 0 for count in counts):
        raise num_error("numbers of at least 0 are wanted")
    return math.factorial(sum(counts)) // math.prod(map(math.factorial, counts))
