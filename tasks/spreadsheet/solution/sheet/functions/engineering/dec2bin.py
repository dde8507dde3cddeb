"""The spreadsheet function DEC2BIN."""

from sheet.core.bases import format_signed
from sheet.core.coerce import to_integer
from sheet.core.function import function
from sheet.core.types import Value


@function
def DEC2BIN(number: Value, places: Value = None) -> str:
    """Return ``number`` in binary digits, filled with zeros to ``places``.

    ``#NUM!`` unless from -512 to 511.
    """
    return format_signed(to_integer(number), 2, places)
