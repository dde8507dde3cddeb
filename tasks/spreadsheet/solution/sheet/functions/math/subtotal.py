"""The spreadsheet function SUBTOTAL."""

import math

from sheet.core.coerce import to_integer
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.ranges import cells, numbers
from sheet.core.types import Argument, Value


@function
def SUBTOTAL(operation: Value, *ranges: Argument) -> float:
    """Return one of several summaries of the numbers in ``ranges``, chosen by the number ``operation``.

    1 average, 2 count of numbers, 3 count of filled cells, 4 maximum, 5 minimum, 6 product, 9 sum. Another
    operation is ``#VALUE!``; an average of nothing is ``#DIV/0!``, other summaries of nothing are 0.
    """
    chosen = to_integer(operation)
    if chosen == 3:
        return sum(1 for cell in cells(*ranges) if cell is not None)
    found = numbers(*ranges)
    summaries = {
        2: len,
        4: lambda values: max(values, default=0),
        5: lambda values: min(values, default=0),
        9: math.fsum,
    }
    if chosen == 1:
        return math.fsum(found) / len(found)
    if chosen == 6:
        return math.prod(found) if found else 0
    if chosen not in summaries:
        raise value_error("no such operation")
    return summaries[chosen](found)
