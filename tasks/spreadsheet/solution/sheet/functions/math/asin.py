"""The spreadsheet function ASIN."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def ASIN(number: Value) -> float:
    """Return the angle, in radians from -pi/2 to pi/2, whose sine is ``number``.

    ``#NUM!`` unless ``number`` is from -1 to 1.
    """
    return math.asin(to_number(number))
