"""The spreadsheet function NEGBINOM.DIST."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def NEGBINOM_DIST(failures: Value, successes: Value, probability: Value, cumulative: Value) -> float:
    """Return the probability of (at most) so many failures before the last of ``successes`` comes.

    ``#NUM!`` for negative failures, fewer than 1 success or a probability outside 0 to 1.
    """
    raise NotImplementedError
