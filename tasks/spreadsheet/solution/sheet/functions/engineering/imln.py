"""The spreadsheet function IMLN."""

import cmath

from sheet.core.complexes import format_complex, parse_complex, suffix_of
from sheet.core.function import function
from sheet.core.types import Value


@function
def IMLN(number: Value) -> str:
    """Return the natural logarithm of a complex number; ``#NUM!`` for 0."""
    return format_complex(cmath.log(parse_complex(number)), suffix_of(number))
