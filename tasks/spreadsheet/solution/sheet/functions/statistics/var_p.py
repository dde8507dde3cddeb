"""The spreadsheet function VAR.P."""

from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import variance
from sheet.core.types import Argument


@function
def VAR_P(*values: Argument) -> float:
    """Return the variance of a whole population; ``#DIV/0!`` without numbers."""
    return variance(numbers(*values), sample=False)
