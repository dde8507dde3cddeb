"""The spreadsheet function PERCENTRANK."""

import bisect
import math

from sheet.core.coerce import to_integer, to_number
from sheet.core.errors import na_error
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument, Value


@function
def PERCENTRANK(values: Argument, x: Value, digits: Value = 3) -> float:
    """Return where ``x`` stands among the numbers, from 0 at the smallest to 1 at the largest.

    Between two numbers it is interpolated. Decimals after the first ``digits`` are cut off. ``#N/A`` when
    ``x`` is outside.
    """
    ordered, value = sorted(numbers(values)), to_number(x)
    if not ordered or not ordered[0] <= value <= ordered[-1]:
        raise na_error("the value is outside of the numbers")
    rank = float(bisect.bisect_left(ordered, value))
    if ordered[int(rank)] != value:
        below, above = ordered[int(rank) - 1], ordered[int(rank)]
        rank += (value - above) / (above - below)
    scale = 10 ** to_integer(digits)
    return math.floor(rank / max(len(ordered) - 1, 1) * scale + 1e-9) / scale
