"""The spreadsheet function PDURATION."""

import math

from sheet.core.coerce import to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def PDURATION(rate: Value, present: Value, future: Value) -> float:
    """Return how many periods money needs to grow from ``present`` to ``future``.

    ``#NUM!`` unless all are positive.
    """
    interest, start, end = to_number(rate), to_number(present), to_number(future)
    if min(interest, start, end) <= 0:
        raise num_error("positive numbers are wanted")
    return math.log(end / start) / math.log(1 + interest)
