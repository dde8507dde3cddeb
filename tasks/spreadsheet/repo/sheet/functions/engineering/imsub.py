"""The spreadsheet function IMSUB."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def IMSUB(first: Value, second: Value) -> str:
    """Return the difference of two complex numbers."""
    raise NotImplementedError
