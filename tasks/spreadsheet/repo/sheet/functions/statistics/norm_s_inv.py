"""The spreadsheet function NORM.S.INV."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def NORM_S_INV(probability: Value) -> float:
    """Return the z up to which a standard normal variable has this probability.

    ``#NUM!`` unless between 0 and 1.
    """
    raise NotImplementedError
