"""The spreadsheet function IMDIV."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def IMDIV(dividend: Value, divisor: Value) -> str:
    """Return the quotient of two complex numbers; ``#DIV/0!`` for a divisor of 0."""
    raise NotImplementedError
