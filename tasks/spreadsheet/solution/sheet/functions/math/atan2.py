"""The spreadsheet function ATAN2."""

import math

from sheet.core.coerce import to_number
from sheet.core.errors import div_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def ATAN2(x: Value, y: Value) -> float:
    """Return the angle, in radians from -pi to pi, between the x-axis and the point (``x``, ``y``).

    The x comes first, unlike in most programming languages. ``#DIV/0!`` for the origin.
    """
    across, up = to_number(x), to_number(y)
    if across == 0 and up == 0:
        raise div_error("the origin has no angle")
    return math.atan2(up, across)
