"""The spreadsheet function STDEV.P."""

import math

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import variance
from sheet.core.types import Argument


@function
def STDEV_P(*values: Argument) -> float:
    """Return the standard deviation of a whole population; ``#DIV/0!`` without numbers."""
    return math.sqrt(variance(numbers(*values), sample=False))
