"""The spreadsheet function FISHER."""

import math

from sheet.core.coerce import to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def FISHER(x: Value) -> float:
    """Return the Fisher transformation of a correlation coefficient.

    ``#NUM!`` unless it is between -1 and 1.
    """
    value = to_number(x)
    if not -1 < value < 1:
        raise num_error("a number between -1 and 1 is wanted")
    return math.log((1 + value) / (1 - value)) / 2
