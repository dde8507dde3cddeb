"""The spreadsheet function HEX2DEC."""

from sheet.core.bases import parse_signed
from sheet.core.function import function
from sheet.core.types import Value


@function
def HEX2DEC(text: Value) -> int:
    """Return the number that hexadecimal digits spell; ten digits with a high first one are negative."""
    return parse_signed(text, 16)
