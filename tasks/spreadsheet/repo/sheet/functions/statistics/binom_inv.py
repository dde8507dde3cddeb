"""The spreadsheet function BINOM.INV."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def BINOM_INV(trials: Value, probability: Value, alpha: Value) -> int:
    """Return the smallest number of successes whose cumulative probability is at least ``alpha``.

    ``#NUM!`` when ``trials`` is negative or one of the others is not between 0 and 1.
    """
    raise NotImplementedError
