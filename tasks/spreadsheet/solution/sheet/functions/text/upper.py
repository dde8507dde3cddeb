"""The spreadsheet function UPPER."""

from sheet.core.coerce import to_text
from sheet.core.function import function
from sheet.core.types import Value


@function
def UPPER(text: Value) -> str:
    """Return ``text`` with all letters in upper case."""
    return to_text(text).upper()
