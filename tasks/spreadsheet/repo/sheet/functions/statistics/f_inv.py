"""The spreadsheet function F.INV."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def F_INV(probability: Value, freedom1: Value, freedom2: Value) -> float:
    """Return the x up to which an F variable has this probability.

    ``#NUM!`` unless the probability is at least 0 and below 1, and the degrees of freedom are at least 1.
    """
    raise NotImplementedError
