"""The spreadsheet function BINOM.DIST."""

import math

from sheet.core.coerce import to_bool, to_integer, to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def BINOM_DIST(successes: Value, trials: Value, probability: Value, cumulative: Value) -> float:
    """Return the probability of exactly, or (``cumulative``) of at most, ``successes`` in independent trials.

    Fractions of counts are cut off. ``#NUM!`` for counts or probabilities that make no sense.
    """
    count, total, chance = to_integer(successes), to_integer(trials), to_number(probability)
    if not 0 <= count <= total or not 0 <= chance <= 1:
        raise num_error("successes lie from 0 to the trials, the probability from 0 to 1")
    first = 0 if to_bool(cumulative) else count
    terms = (math.comb(total, k) * chance**k * (1 - chance) ** (total - k) for k in range(first, count + 1))
    return math.fsum(terms)
