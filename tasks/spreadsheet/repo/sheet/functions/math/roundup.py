"""The spreadsheet function ROUNDUP."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ROUNDUP(number: Value, digits: Value = 0) -> float:
    """Return ``number`` rounded away from zero to ``digits`` decimals.

    Negative ones mean tens, hundreds and so on.
    """
    raise NotImplementedError
