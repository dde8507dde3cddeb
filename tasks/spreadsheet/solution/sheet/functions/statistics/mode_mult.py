"""The spreadsheet function MODE.MULT."""

import collections

from sheet.core.errors import na_error
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument, Matrix


@function
def MODE_MULT(*values: Argument) -> Matrix:
    """Return, as a column in order of appearance, all numbers that occur most often.

    ``#N/A`` when all occur once.
    """
    counts = collections.Counter(numbers(*values))
    most = max(counts.values(), default=0)
    if most < 2:
        raise na_error("no number occurs twice")
    return [[number] for number, count in counts.items() if count == most]
