"""The spreadsheet function DEGREES."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def DEGREES(angle: Value) -> float:
    """Return ``angle``, given in radians, in degrees."""
    return math.degrees(to_number(angle))
