"""The spreadsheet function GAMMA.INV."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def GAMMA_INV(probability: Value, alpha: Value, beta: Value) -> float:
    """Return the x up to which a gamma variable has this probability.

    ``#NUM!`` unless the probability is at least 0 and below 1, and the parameters are positive.
    """
    raise NotImplementedError
