"""The spreadsheet function PROB."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def PROB(x: Argument, probabilities: Argument, low: Value, high: Value = None) -> float:
    """Return the probability that a value lies from ``low`` to ``high`` (or is ``low``).

    Each x has its probability. ``#N/A`` for different sizes; ``#NUM!`` unless the probabilities are from 0 to
    1 and add up to 1.
    """
    raise NotImplementedError
