"""The spreadsheet function KURT."""

import math

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import mean, variance
from sheet.core.types import Argument


@function
def KURT(*values: Argument) -> float:
    """Return the excess kurtosis of a sample: positive with long tails, negative when flat.

    ``#DIV/0!`` for fewer than four numbers or no variation.
    """
    found = numbers(*values)
    n = len(found)
    centre, spread = mean(found), math.sqrt(variance(found, sample=True))
    fourth = math.fsum(((number - centre) / spread) ** 4 for number in found)
    return n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * fourth - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))
