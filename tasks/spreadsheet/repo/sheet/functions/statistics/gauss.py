"""The spreadsheet function GAUSS."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def GAUSS(z: Value) -> float:
    """Return the probability that a standard normal variable lies between 0 and ``z``."""
    raise NotImplementedError
