"""The spreadsheet function DEVSQ."""

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import squared_deviations
from sheet.core.types import Argument


@function
def DEVSQ(*values: Argument) -> float:
    """Return the sum of the squared distances of the numbers from their mean."""
    return squared_deviations(numbers(*values))
