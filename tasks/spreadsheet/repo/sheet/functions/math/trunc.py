"""The spreadsheet function TRUNC."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def TRUNC(number: Value, digits: Value = 0) -> float:
    """Return ``number`` with all decimals after the first ``digits`` cut off.

    Negative ``digits`` put zeros in place of digits before the point.
    """
    raise NotImplementedError
