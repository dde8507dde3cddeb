"""The spreadsheet function AVEDEV."""

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import mean
from sheet.core.types import Argument


@function
def AVEDEV(*values: Argument) -> float:
    """Return the mean distance of the numbers from their mean; ``#DIV/0!`` without numbers."""
    found = numbers(*values)
    centre = mean(found)
    return mean([abs(number - centre) for number in found])
