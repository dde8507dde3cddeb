"""The spreadsheet function QUOTIENT."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def QUOTIENT(numerator: Value, denominator: Value) -> int:
    """Return the whole part of a division, cut towards zero; ``#DIV/0!`` for a denominator of 0."""
    return math.trunc(to_number(numerator) / to_number(denominator))
