"""The spreadsheet function IMCONJUGATE."""

from sheet.core.complexes import format_complex, parse_complex, suffix_of
from sheet.core.function import function
from sheet.core.types import Value


@function
def IMCONJUGATE(number: Value) -> str:
    """Return a complex number with the opposite imaginary part."""
    return format_complex(parse_complex(number).conjugate(), suffix_of(number))
