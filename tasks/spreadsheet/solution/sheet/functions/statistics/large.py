"""The spreadsheet function LARGE."""

import math

from sheet.core.coerce import to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument, Value


@function
def LARGE(values: Argument, position: Value) -> float:
    """Return the number that is at ``position``, counted from the largest; ``#NUM!`` when there is none."""
    found = sorted(numbers(values), reverse=True)
    rank = math.ceil(to_number(position))
    if not 1 <= rank <= len(found):
        raise num_error("no such position")
    return found[rank - 1]
