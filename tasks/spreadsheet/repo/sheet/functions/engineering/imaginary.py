"""The spreadsheet function IMAGINARY."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def IMAGINARY(number: Value) -> float:
    """Return the imaginary part of a complex number."""
    raise NotImplementedError
