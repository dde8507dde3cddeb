"""The spreadsheet function GAMMA."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def GAMMA(number: Value) -> float:
    """Return the gamma function.

    ``#NUM!`` for zero, negative whole numbers and results that are too large.
    """
    return math.gamma(to_number(number))
