"""The spreadsheet function BIN2DEC."""

from sheet.core.bases import parse_signed
from sheet.core.function import function
from sheet.core.types import Value


@function
def BIN2DEC(text: Value) -> int:
    """Return the number that binary digits spell; the tenth digit is the sign. ``#NUM!`` for other text."""
    return parse_signed(text, 2)
