"""The spreadsheet function POWER."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def POWER(number: Value, exponent: Value) -> float:
    """Return ``number`` raised to ``exponent``.

    ``#DIV/0!`` for a negative power of 0, ``#NUM!`` for 0 to the power 0, results that are too large and
    fractional powers of negative numbers.
    """
    raise NotImplementedError
