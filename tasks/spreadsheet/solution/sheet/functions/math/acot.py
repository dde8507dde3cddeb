"""The spreadsheet function ACOT."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def ACOT(number: Value) -> float:
    """Return the angle whose cotangent is ``number``, in radians between 0 and pi.

    Negative numbers have angles beyond a right angle.
    """
    return math.pi / 2 - math.atan(to_number(number))
