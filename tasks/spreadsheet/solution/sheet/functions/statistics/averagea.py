"""The spreadsheet function AVERAGEA."""

from sheet.core.function import function
from sheet.core.ranges import numbers_and_text
from sheet.core.statistics import mean
from sheet.core.types import Argument


@function
def AVERAGEA(*values: Argument) -> float:
    """Return the mean of all filled cells, where text counts as 0, TRUE as 1 and FALSE as 0."""
    return mean(numbers_and_text(*values))
