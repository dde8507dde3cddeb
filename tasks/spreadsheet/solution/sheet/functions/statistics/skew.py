"""The spreadsheet function SKEW."""

import math

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import mean, variance
from sheet.core.types import Argument


@function
def SKEW(*values: Argument) -> float:
    """Return the skewness of a sample: positive with a longer tail on the right.

    ``#DIV/0!`` for fewer than three numbers or no variation.
    """
    found = numbers(*values)
    n = len(found)
    centre, spread = mean(found), math.sqrt(variance(found, sample=True))
    return n / ((n - 1) * (n - 2)) * math.fsum(((number - centre) / spread) ** 3 for number in found)
