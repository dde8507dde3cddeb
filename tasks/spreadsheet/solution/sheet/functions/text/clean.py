"""The spreadsheet function CLEAN."""

from sheet.core.coerce import to_text
from sheet.core.function import function
from sheet.core.types import Value


@function
def CLEAN(text: Value) -> str:
    """Return ``text`` without its control characters (those with numbers below 32)."""
    return "".join(character for character in to_text(text) if ord(character) >= 32)
