"""The spreadsheet function HEX2BIN."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def HEX2BIN(text: Value, places: Value = None) -> str:
    """Return hexadecimal digits as binary ones, filled with zeros to ``places``.

    ``#NUM!`` for other text and for numbers that are not from -512 to 511.
    """
    raise NotImplementedError
