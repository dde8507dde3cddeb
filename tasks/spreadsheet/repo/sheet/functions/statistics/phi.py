"""The spreadsheet function PHI."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def PHI(x: Value) -> float:
    """Return the height of the standard normal curve at ``x``."""
    raise NotImplementedError
