"""The spreadsheet function HEX2OCT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def HEX2OCT(text: Value, places: Value = None) -> str:
    """Return hexadecimal digits as octal ones, filled with zeros to ``places``.

    ``#NUM!`` when they do not fit.
    """
    raise NotImplementedError
