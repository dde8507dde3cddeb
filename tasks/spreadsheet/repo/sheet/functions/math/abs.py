"""The spreadsheet function ABS."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ABS(number: Value) -> float:
    """Return the distance of ``number`` from zero."""
    raise NotImplementedError
