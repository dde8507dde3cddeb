"""The spreadsheet function CLEAN."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def CLEAN(text: Value) -> str:
    """Return ``text`` without its control characters (those with numbers below 32)."""
    raise NotImplementedError
