"""The spreadsheet function IMABS."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def IMABS(number: Value) -> float:
    """Return the distance of a complex number from 0."""
    raise NotImplementedError
