"""The spreadsheet function QUOTIENT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def QUOTIENT(numerator: Value, denominator: Value) -> int:
    """Return the whole part of a division, cut towards zero; ``#DIV/0!`` for a denominator of 0."""
    raise NotImplementedError
