"""The spreadsheet function ACOT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ACOT(number: Value) -> float:
    """Return the angle whose cotangent is ``number``, in radians between 0 and pi.

    Negative numbers have angles beyond a right angle.
    """
    raise NotImplementedError
