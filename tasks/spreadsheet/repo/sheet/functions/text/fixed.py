"""The spreadsheet function FIXED."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def FIXED(number: Value, digits: Value = 2, no_commas: Value = False) -> str:
    """Return ``number`` as text with exactly ``digits`` decimals.

    Thousands are divided by commas unless ``no_commas``. Halves are rounded away from zero. Negative
    ``digits`` round before the decimal point.
    """
    raise NotImplementedError
