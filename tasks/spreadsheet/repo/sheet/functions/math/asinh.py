"""The spreadsheet function ASINH."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ASINH(number: Value) -> float:
    """Return the number whose hyperbolic sine is ``number``."""
    raise NotImplementedError
