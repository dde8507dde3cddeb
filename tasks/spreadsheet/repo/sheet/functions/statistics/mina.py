"""The spreadsheet function MINA."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def MINA(*values: Argument) -> float:
    """Return the smallest value, where text counts as 0, TRUE as 1 and FALSE as 0; 0 when all is blank."""
    raise NotImplementedError
