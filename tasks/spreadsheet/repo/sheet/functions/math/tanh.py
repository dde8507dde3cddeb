"""The spreadsheet function TANH."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def TANH(number: Value) -> float:
    """Return the hyperbolic tangent of ``number``."""
    raise NotImplementedError
