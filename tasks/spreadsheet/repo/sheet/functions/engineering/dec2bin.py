"""The spreadsheet function DEC2BIN."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def DEC2BIN(number: Value, places: Value = None) -> str:
    """Return ``number`` in binary digits, filled with zeros to ``places``.

    ``#NUM!`` unless from -512 to 511.
    """
    raise NotImplementedError
