"""The spreadsheet function SIN."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def SIN(angle: Value) -> float:
    """Return the sine of ``angle``, given in radians."""
    return math.sin(to_number(angle))
