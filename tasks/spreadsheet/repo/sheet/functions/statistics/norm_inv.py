"""The spreadsheet function NORM.INV."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def NORM_INV(probability: Value, centre: Value, deviation: Value) -> float:
    """Return the x up to which a normal variable has this probability.

    ``#NUM!`` unless the probability is between 0 and 1 and the deviation positive.
    """
    raise NotImplementedError
