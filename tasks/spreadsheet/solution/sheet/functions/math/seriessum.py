"""The spreadsheet function SERIESSUM."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument, Value


@function
def SERIESSUM(x: Value, start: Value, step: Value, coefficients: Argument) -> float:
    """Return the sum of a power series in ``x``.

    The first coefficient is multiplied by ``x`` to the power ``start``, and each following power is larger by
    ``step``.
    """
    base, power, growth = to_number(x), to_number(start), to_number(step)
    factors = numbers(coefficients)
    return math.fsum(factor * base ** (power + index * growth) for index, factor in enumerate(factors))
