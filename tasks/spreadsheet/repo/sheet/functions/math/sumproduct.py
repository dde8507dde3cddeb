"""The spreadsheet function SUMPRODUCT."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def SUMPRODUCT(*ranges: Argument) -> float:
    """Return the sum of the products of the cells at the same position of all ranges.

    Cells that are no numbers count as 0. Ranges of different shapes are ``#VALUE!``.
    """
    raise NotImplementedError
