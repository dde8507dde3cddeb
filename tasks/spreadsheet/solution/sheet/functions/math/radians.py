"""The spreadsheet function RADIANS."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def RADIANS(angle: Value) -> float:
    """Return ``angle``, given in degrees, in radians."""
    return math.radians(to_number(angle))
