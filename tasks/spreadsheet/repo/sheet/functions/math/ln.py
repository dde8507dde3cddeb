"""The spreadsheet function LN."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def LN(number: Value) -> float:
    """Return the natural logarithm of ``number``; ``#NUM!`` unless it is positive."""
    raise NotImplementedError
