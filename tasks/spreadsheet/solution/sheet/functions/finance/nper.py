"""The spreadsheet function NPER."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def NPER(rate: Value, payment: Value, present: Value, future: Value = 0, due: Value = 0) -> float:
    """Return how many periods constant payments take to turn ``present`` into ``-future``.

    ``#NUM!`` when they never do.
    """
    interest, amount, start, end, timing = map(to_number, (rate, payment, present, future, due))
    if interest == 0:
        return -(start + end) / amount
    level = amount * (1 + interest * timing) / interest
    return math.log((level - end) / (level + start)) / math.log(1 + interest)
