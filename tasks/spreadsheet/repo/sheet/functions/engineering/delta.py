"""The spreadsheet function DELTA."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def DELTA(first: Value, second: Value = 0) -> int:
    """Return 1 when two numbers are equal, else 0."""
    raise NotImplementedError
