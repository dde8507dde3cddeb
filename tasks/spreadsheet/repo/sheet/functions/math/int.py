"""The spreadsheet function INT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def INT(number: Value) -> int:
    """Return ``number`` rounded down to a whole number, away from zero when it is negative."""
    raise NotImplementedError
