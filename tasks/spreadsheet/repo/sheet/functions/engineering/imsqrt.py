"""The spreadsheet function IMSQRT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def IMSQRT(number: Value) -> str:
    """Return the square root of a complex number whose real part is not negative."""
    raise NotImplementedError
