"""The spreadsheet function LOGNORM.INV."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def LOGNORM_INV(probability: Value, mean_log: Value, deviation_log: Value) -> float:
    """Return the x up to which a log-normal variable has this probability.

    ``#NUM!`` unless the probability is between 0 and 1 and the deviation positive.
    """
    raise NotImplementedError
