"""The spreadsheet function MIN."""

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument


@function
def MIN(*values: Argument) -> float:
    """Return the smallest number; 0 when there is none."""
    return min(numbers(*values), default=0)
