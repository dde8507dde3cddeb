"""The spreadsheet function COSH."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def COSH(number: Value) -> float:
    """Return the hyperbolic cosine of ``number``.

    ``#NUM!`` when the result is too large.
    """
    return math.cosh(to_number(number))
