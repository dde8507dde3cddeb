"""The spreadsheet function DEC2OCT."""

from sheet.core.bases import format_signed
from sheet.core.coerce import to_integer
from sheet.core.function import function
from sheet.core.types import Value


@function
def DEC2OCT(number: Value, places: Value = None) -> str:
    """Return ``number`` in octal digits, filled with zeros to ``places``; ``#NUM!`` beyond ten digits."""
    return format_signed(to_integer(number), 8, places)
