"""The spreadsheet function EXP."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def EXP(number: Value) -> float:
    """Return e raised to ``number``.

    ``#NUM!`` when the result is too large.
    """
    return math.exp(to_number(number))
