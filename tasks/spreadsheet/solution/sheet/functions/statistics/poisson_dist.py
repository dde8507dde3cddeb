"""The spreadsheet function POISSON.DIST."""

import math

from sheet.core.coerce import to_bool, to_integer, to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def POISSON_DIST(events: Value, expected: Value, cumulative: Value) -> float:
    """Return the probability of exactly, or (``cumulative``) of at most, so many rare events.

    ``expected`` events are usual. Fractions of ``events`` are cut off. ``#NUM!`` when one of the numbers is
    negative.
    """
    count, rate = to_integer(events), to_number(expected)
    if count < 0 or rate < 0:
        raise num_error("numbers of at least 0 are wanted")
    first = 0 if to_bool(cumulative) else count
    return math.exp(-rate) * math.fsum(rate**k / math.factorial(k) for k in range(first, count + 1))
