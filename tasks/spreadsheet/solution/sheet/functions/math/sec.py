"""The spreadsheet function SEC."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def SEC(angle: Value) -> float:
    """Return the secant of ``angle``, given in radians: one over its cosine."""
    return 1 / math.cos(to_number(angle))
