"""The spreadsheet function LOG10."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def LOG10(number: Value) -> float:
    """Return the logarithm of ``number`` to base 10, exact for powers of ten.

    ``#NUM!`` unless it is positive.
    """
    return math.log10(to_number(number))
