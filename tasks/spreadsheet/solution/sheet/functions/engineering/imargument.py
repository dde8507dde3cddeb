"""The spreadsheet function IMARGUMENT."""

import cmath

from sheet.core.complexes import parse_complex
from sheet.core.errors import div_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def IMARGUMENT(number: Value) -> float:
    """Return the angle of a complex number in radians, from -pi to pi; ``#DIV/0!`` for 0."""
    value = parse_complex(number)
    if value == 0:
        raise div_error("zero has no angle")
    return cmath.phase(value)
