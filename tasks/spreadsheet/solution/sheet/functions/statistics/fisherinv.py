"""The spreadsheet function FISHERINV."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def FISHERINV(y: Value) -> float:
    """Return the correlation coefficient whose Fisher transformation is ``y``."""
    grown = math.exp(-2 * abs(to_number(y)))
    size = (1 - grown) / (1 + grown)
    return size if to_number(y) >= 0 else -size
