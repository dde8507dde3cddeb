"""The spreadsheet function ACOS."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def ACOS(number: Value) -> float:
    """Return the angle, in radians from 0 to pi, whose cosine is ``number``.

    ``#NUM!`` unless ``number`` is from -1 to 1.
    """
    return math.acos(to_number(number))
