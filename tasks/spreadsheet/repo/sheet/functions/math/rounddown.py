"""The spreadsheet function ROUNDDOWN."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ROUNDDOWN(number: Value, digits: Value = 0) -> float:
    """Return ``number`` rounded towards zero to ``digits`` decimals.

    Negative ones mean tens, hundreds and so on.
    """
    raise NotImplementedError
