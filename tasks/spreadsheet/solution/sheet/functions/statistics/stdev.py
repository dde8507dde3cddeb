"""The spreadsheet function STDEV."""

import math

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import variance
from sheet.core.types import Argument


@function
def STDEV(*values: Argument) -> float:
    """Return the standard deviation of a sample; ``#DIV/0!`` for fewer than two numbers."""
    return math.sqrt(variance(numbers(*values), sample=True))
