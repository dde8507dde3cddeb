"""The spreadsheet function SKEW.P."""

import math

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import mean, variance
from sheet.core.types import Argument


@function
def SKEW_P(*values: Argument) -> float:
    """Return the skewness of a whole population; ``#DIV/0!`` without variation."""
    found = numbers(*values)
    centre, spread = mean(found), math.sqrt(variance(found, sample=False))
    return math.fsum(((number - centre) / spread) ** 3 for number in found) / len(found)
