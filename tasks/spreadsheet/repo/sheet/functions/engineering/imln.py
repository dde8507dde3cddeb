"""The spreadsheet function IMLN."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def IMLN(number: Value) -> str:
    """Return the natural logarithm of a complex number; ``#NUM!`` for 0."""
    raise NotImplementedError
