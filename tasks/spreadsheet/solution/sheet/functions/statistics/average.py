"""The spreadsheet function AVERAGE."""

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import mean
from sheet.core.types import Argument


@function
def AVERAGE(*values: Argument) -> float:
    """Return the mean of the numbers among ``values``; ``#DIV/0!`` when there are none."""
    return mean(numbers(*values))
