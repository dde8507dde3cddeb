"""The spreadsheet function BESSELJ."""

import math

from sheet.core.coerce import to_integer, to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def BESSELJ(x: Value, order: Value) -> float:
    """Return the Bessel function of the first kind for a whole ``order`` of at least 0, else ``#NUM!``.

    It is the mean of cos(order * t - x * sin(t)) for t from 0 to pi.
    """
    value, degree = to_number(x), to_integer(order)
    if degree < 0:
        raise num_error("the order is at least 0")
    steps = 2 * math.ceil(abs(value)) + 4 * degree + 60
    angles = (math.pi * (step + 0.5) / steps for step in range(steps))
    return math.fsum(math.cos(degree * angle - value * math.sin(angle)) for angle in angles) / steps
