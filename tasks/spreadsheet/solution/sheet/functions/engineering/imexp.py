"""The spreadsheet function IMEXP."""

import cmath

from sheet.core.complexes import format_complex, parse_complex, suffix_of
from sheet.core.function import function
from sheet.core.types import Value


@function
def IMEXP(number: Value) -> str:
    """Return e raised to a complex number."""
    return format_complex(cmath.exp(parse_complex(number)), suffix_of(number))
