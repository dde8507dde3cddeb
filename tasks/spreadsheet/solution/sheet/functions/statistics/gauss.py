"""The spreadsheet function GAUSS."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def GAUSS(z: Value) -> float:
    """Return the probability that a standard normal variable lies between 0 and ``z``."""
    return math.erf(to_number(z) / math.sqrt(2)) / 2
