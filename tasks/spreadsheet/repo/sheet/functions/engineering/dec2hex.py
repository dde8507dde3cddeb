"""The spreadsheet function DEC2HEX."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def DEC2HEX(number: Value, places: Value = None) -> str:
    """Return ``number`` in hexadecimal digits, filled with zeros to ``places``.

    ``#NUM!`` beyond ten digits.
    """
    raise NotImplementedError
