"""The spreadsheet function ACOTH."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def ACOTH(number: Value) -> float:
    """Return the number whose hyperbolic cotangent is ``number``.

    ``#NUM!`` from -1 to 1.
    """
    x = to_number(number)
    return math.log((x + 1) / (x - 1)) / 2 if abs(x) > 1 else math.nan
