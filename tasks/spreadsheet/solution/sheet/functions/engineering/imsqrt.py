"""The spreadsheet function IMSQRT."""

import cmath

from sheet.core.complexes import format_complex, parse_complex, suffix_of
from sheet.core.function import function
from sheet.core.types import Value


@function
def IMSQRT(number: Value) -> str:
    """Return the square root of a complex number whose real part is not negative."""
    return format_complex(cmath.sqrt(parse_complex(number)), suffix_of(number))
