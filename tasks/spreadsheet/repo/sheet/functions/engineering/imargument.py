"""The spreadsheet function IMARGUMENT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def IMARGUMENT(number: Value) -> float:
    """Return the angle of a complex number in radians, from -pi to pi; ``#DIV/0!`` for 0."""
    raise NotImplementedError
