"""The spreadsheet function BIN2HEX."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def BIN2HEX(text: Value, places: Value = None) -> str:
    """Return binary digits as hexadecimal ones, filled with zeros to ``places``; ``#NUM!`` for other text."""
    raise NotImplementedError
