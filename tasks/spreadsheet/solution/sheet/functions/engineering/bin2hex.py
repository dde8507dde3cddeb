"""The spreadsheet function BIN2HEX."""

from sheet.core.bases import format_signed, parse_signed
from sheet.core.function import function
from sheet.core.types import Value


@function
def BIN2HEX(text: Value, places: Value = None) -> str:
    """Return binary digits as hexadecimal ones, filled with zeros to ``places``; ``#NUM!`` for other text."""
    return format_signed(parse_signed(text, 2), 16, places)
