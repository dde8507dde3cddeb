"""The spreadsheet function IMABS."""

from sheet.core.complexes import parse_complex
from sheet.core.function import function
from sheet.core.types import Value


@function
def IMABS(number: Value) -> float:
    """Return the distance of a complex number from 0."""
    return abs(parse_complex(number))
