"""The spreadsheet function NEGBINOM.DIST."""

import math

from sheet.core.coerce import to_bool, to_integer, to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def NEGBINOM_DIST(failures: Value, successes: Value, probability: Value, cumulative: Value) -> float:
    """Return the probability of (at most) so many failures before the last of ``successes`` comes.

    ``#NUM!`` for negative failures, fewer than 1 success or a probability outside 0 to 1.
    """
    missed, wanted, chance = to_integer(failures), to_integer(successes), to_number(probability)
    if missed < 0 or wanted < 1 or not 0 <= chance <= 1:
        raise num_error("these counts do not fit together")
    first = 0 if to_bool(cumulative) else missed
    ways = (math.comb(k + wanted - 1, k) * (1 - chance) ** k for k in range(first, missed + 1))
    return chance**wanted * math.fsum(ways)
