"""The spreadsheet function DEC2OCT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def DEC2OCT(number: Value, places: Value = None) -> str:
    """Return ``number`` in octal digits, filled with zeros to ``places``; ``#NUM!`` beyond ten digits."""
    raise NotImplementedError
