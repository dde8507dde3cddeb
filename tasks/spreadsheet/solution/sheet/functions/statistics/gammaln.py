"""The spreadsheet function GAMMALN."""

import math

from sheet.core.coerce import to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def GAMMALN(number: Value) -> float:
    """Return the natural logarithm of the gamma function; ``#NUM!`` unless ``number`` is positive."""
    value = to_number(number)
    if value <= 0:
        raise num_error("a positive number is wanted")
    return math.lgamma(value)
