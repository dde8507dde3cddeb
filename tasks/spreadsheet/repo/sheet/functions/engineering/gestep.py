"""The spreadsheet function GESTEP."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def GESTEP(number: Value, step: Value = 0) -> int:
    """Return 1 when ``number`` reaches ``step``, else 0."""
    raise NotImplementedError
