"""The spreadsheet function BINOM.INV."""

import math

from sheet.core.coerce import to_integer, to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def BINOM_INV(trials: Value, probability: Value, alpha: Value) -> int:
    """Return the smallest number of successes whose cumulative probability is at least ``alpha``.

    ``#NUM!`` when ``trials`` is negative or one of the others is not between 0 and 1.
    """
    total, chance, wanted = to_integer(trials), to_number(probability), to_number(alpha)
    if total < 0 or not 0 < chance < 1 or not 0 < wanted < 1:
        raise num_error("probabilities lie between 0 and 1")
    reached = 0.0
    for count in range(total + 1):
        reached += math.comb(total, count) * chance**count * (1 - chance) ** (total - count)
        if reached >= wanted:
            return count
    return total
