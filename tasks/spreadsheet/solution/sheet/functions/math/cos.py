"""The spreadsheet function COS."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def COS(angle: Value) -> float:
    """Return the cosine of ``angle``, given in radians."""
    return math.cos(to_number(angle))
