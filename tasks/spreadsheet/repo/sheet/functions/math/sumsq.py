"""The spreadsheet function SUMSQ."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def SUMSQ(*values: Argument) -> float:
    """Return the sum of the squares of all the numbers among ``values``."""
    raise NotImplementedError
