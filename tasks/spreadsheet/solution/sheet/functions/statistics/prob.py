"""The spreadsheet function PROB."""

import math

from sheet.core.coerce import to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.ranges import pairs
from sheet.core.types import Argument, Value


@function
def PROB(x: Argument, probabilities: Argument, low: Value, high: Value = None) -> float:
    """Return the probability that a value lies from ``low`` to ``high`` (or is ``low``).

    Each x has its probability. ``#N/A`` for different sizes; ``#NUM!`` unless the probabilities are from 0 to
    1 and add up to 1.
    """
    start = to_number(low)
    end = start if high is None else to_number(high)
    chances = pairs(x, probabilities)
    if any(not 0 <= chance <= 1 for _, chance in chances) or not math.isclose(
        math.fsum(c for _, c in chances), 1
    ):
        raise num_error("the probabilities must add up to 1")
    return math.fsum(chance for value, chance in chances if start <= value <= end)
