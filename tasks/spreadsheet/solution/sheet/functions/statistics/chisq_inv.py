"""The spreadsheet function CHISQ.INV."""

import math

from sheet.core.coerce import to_integer, to_number
from sheet.core.distributions import gamma_cumulative, invert
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def CHISQ_INV(probability: Value, freedom: Value) -> float:
    """Return the x up to which a chi-squared variable has this probability.

    ``#NUM!`` unless the probability is at least 0 and below 1, and the degrees of freedom are at least 1.
    """
    chance, degrees = to_number(probability), to_integer(freedom)
    if not 0 <= chance < 1 or degrees < 1:
        raise num_error("the probability lies from 0 to 1")
    return invert(lambda x: gamma_cumulative(degrees / 2, x / 2), chance, 0, math.inf)
