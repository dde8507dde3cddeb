"""The spreadsheet function SMALL."""

from sheet.core.coerce import to_integer
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument, Value


@function
def SMALL(values: Argument, position: Value) -> float:
    """Return the number that is at ``position``, counted from the smallest; ``#NUM!`` when there is none."""
    found = sorted(numbers(values))
    rank = to_integer(position)
    if not 1 <= rank <= len(found):
        raise num_error("no such position")
    return found[rank - 1]
