"""The spreadsheet function OCT2DEC."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def OCT2DEC(text: Value) -> int:
    """Return the number that octal digits spell; ten digits with a first one above 3 are negative."""
    raise NotImplementedError
