"""The spreadsheet function IMREAL."""

from sheet.core.complexes import parse_complex
from sheet.core.function import function
from sheet.core.types import Value


@function
def IMREAL(number: Value) -> float:
    """Return the real part of a complex number."""
    return parse_complex(number).real
