"""The spreadsheet function TAN."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def TAN(angle: Value) -> float:
    """Return the tangent of ``angle``, given in radians."""
    return math.tan(to_number(angle))
