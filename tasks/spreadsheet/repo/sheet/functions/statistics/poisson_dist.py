"""The spreadsheet function POISSON.DIST."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def POISSON_DIST(events: Value, expected: Value, cumulative: Value) -> float:
    """Return the probability of exactly, or (``cumulative``) of at most, so many rare events.

    ``expected`` events are usual. Fractions of ``events`` are cut off. ``#NUM!`` when one of the numbers is
    negative.
    """
    raise NotImplementedError
