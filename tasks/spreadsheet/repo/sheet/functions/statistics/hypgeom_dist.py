"""The spreadsheet function HYPGEOM.DIST."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def HYPGEOM_DIST(
    successes: Value, sample: Value, marked: Value, population: Value, cumulative: Value
) -> float:
    """Return the probability of (at most) so many marked things in a sample drawn at once.

    ``#NUM!`` when the sample or the marked things are more than the population, or a count is negative.
    """
    raise NotImplementedError
