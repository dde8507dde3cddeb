"""The spreadsheet function COTH."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def COTH(number: Value) -> float:
    """Return the hyperbolic cotangent of ``number``.

    ``#DIV/0!`` at 0. Far from 0 it is 1 or -1.
    """
    raise NotImplementedError
