"""The spreadsheet function LN."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def LN(number: Value) -> float:
    """Return the natural logarithm of ``number``; ``#NUM!`` unless it is positive."""
    return math.log(to_number(number))
