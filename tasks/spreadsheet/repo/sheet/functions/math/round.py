"""The spreadsheet function ROUND."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ROUND(number: Value, digits: Value = 0) -> float:
    """Return ``number`` rounded to ``digits`` decimals; halves go away from zero.

    Negative ``digits`` round to tens, hundreds and so on. What counts is the decimal that a cell shows, so
    2.675 is a half.
    """
    raise NotImplementedError
