"""The spreadsheet function CHISQ.INV."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def CHISQ_INV(probability: Value, freedom: Value) -> float:
    """Return the x up to which a chi-squared variable has this probability.

    ``#NUM!`` unless the probability is at least 0 and below 1, and the degrees of freedom are at least 1.
    """
    raise NotImplementedError
