"""The spreadsheet function LOWER."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def LOWER(text: Value) -> str:
    """Return ``text`` with all letters in lower case."""
    raise NotImplementedError
