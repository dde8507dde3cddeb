"""The spreadsheet function VAR."""

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import variance
from sheet.core.types import Argument


@function
def VAR(*values: Argument) -> float:
    """Return the variance of a sample; ``#DIV/0!`` for fewer than two numbers."""
    return variance(numbers(*values), sample=True)
