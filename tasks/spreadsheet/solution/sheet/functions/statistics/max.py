"""The spreadsheet function MAX."""

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument


@function
def MAX(*values: Argument) -> float:
    """Return the largest number; 0 when there is none."""
    return max(numbers(*values), default=0)
