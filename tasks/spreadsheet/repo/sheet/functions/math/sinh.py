"""The spreadsheet function SINH."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def SINH(number: Value) -> float:
    """Return the hyperbolic sine of ``number``; ``#NUM!`` when it is too large."""
    raise NotImplementedError
