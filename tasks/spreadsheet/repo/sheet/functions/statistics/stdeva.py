"""The spreadsheet function STDEVA."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def STDEVA(*values: Argument) -> float:
    """Return the standard deviation of a sample in which text counts as 0, TRUE as 1 and FALSE as 0."""
    raise NotImplementedError
