"""The spreadsheet function CHAR."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def CHAR(code: Value) -> str:
    """Return the character with this number from 1 to 255; others are ``#VALUE!``."""
    raise NotImplementedError
