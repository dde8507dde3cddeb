"""The spreadsheet function TANH."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def TANH(number: Value) -> float:
    """Return the hyperbolic tangent of ``number``."""
    return math.tanh(to_number(number))
