"""The spreadsheet function HYPGEOM.DIST."""

import math

from sheet.core.coerce import to_bool, to_integer
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def HYPGEOM_DIST(
    successes: Value, sample: Value, marked: Value, population: Value, cumulative: Value
) -> float:
    """Return the probability of (at most) so many marked things in a sample drawn at once.

    ``#NUM!`` when the sample or the marked things are more than the population, or a count is negative.
    """
    hits, drawn, special, total = (to_integer(value) for value in (successes, sample, marked, population))
    if hits < 0 or not hits <= drawn <= total or not 0 <= special <= total:
        raise num_error("these counts do not fit together")
    first = 0 if to_bool(cumulative) else hits
    ways = sum(math.comb(special, k) * math.comb(total - special, drawn - k) for k in range(first, hits + 1))
    return ways / math.comb(total, drawn)
