"""The spreadsheet function ACOSH."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def ACOSH(number: Value) -> float:
    """Return the number, at least 0, whose hyperbolic cosine is ``number``.

    ``#NUM!`` below 1.
    """
    return math.acosh(to_number(number))
