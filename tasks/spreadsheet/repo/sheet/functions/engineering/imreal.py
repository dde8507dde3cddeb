"""The spreadsheet function IMREAL."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def IMREAL(number: Value) -> float:
    """Return the real part of a complex number."""
    raise NotImplementedError
