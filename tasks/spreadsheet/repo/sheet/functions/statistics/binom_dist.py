"""The spreadsheet function BINOM.DIST."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def BINOM_DIST(successes: Value, trials: Value, probability: Value, cumulative: Value) -> float:
    """Return the probability of exactly, or (``cumulative``) of at most, ``successes`` in independent trials.

    Fractions of counts are cut off. ``#NUM!`` for counts or probabilities that make no sense.
    """
    raise NotImplementedError
