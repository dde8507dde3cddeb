"""The spreadsheet function MODE.SNGL."""

import collections

from sheet.core.errors import na_error
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument


@function
def MODE_SNGL(*values: Argument) -> float:
    """Return the number that occurs most often, the first of several; ``#N/A`` when all occur once."""
    counts = collections.Counter(numbers(*values))
    if not counts or max(counts.values()) == 1:
        raise na_error("no number occurs twice")
    return counts.most_common(1)[0][0]
