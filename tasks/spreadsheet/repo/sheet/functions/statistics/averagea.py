"""The spreadsheet function AVERAGEA."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def AVERAGEA(*values: Argument) -> float:
    """Return the mean of all filled cells, where text counts as 0, TRUE as 1 and FALSE as 0."""
    raise NotImplementedError
