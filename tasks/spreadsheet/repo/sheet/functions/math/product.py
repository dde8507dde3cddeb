"""The spreadsheet function PRODUCT."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def PRODUCT(*values: Argument) -> float:
    """Return the product of all the numbers among ``values``; without any it is 0."""
    raise NotImplementedError
