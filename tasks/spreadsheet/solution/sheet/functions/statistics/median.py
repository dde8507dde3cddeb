"""The spreadsheet function MEDIAN."""

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import percentile
from sheet.core.types import Argument


@function
def MEDIAN(*values: Argument) -> float:
    """Return the number in the middle, or the mean of the two in the middle; ``#NUM!`` without numbers."""
    return percentile(numbers(*values), 0.5)
