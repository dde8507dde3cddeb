"""The spreadsheet function ATAN."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def ATAN(number: Value) -> float:
    """Return the angle, in radians between -pi/2 and pi/2, whose tangent is ``number``."""
    return math.atan(to_number(number))
