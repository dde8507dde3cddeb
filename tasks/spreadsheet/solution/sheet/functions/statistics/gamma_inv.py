"""The spreadsheet function GAMMA.INV."""

import math

from sheet.core.coerce import to_number
from sheet.core.distributions import gamma_cumulative, invert
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def GAMMA_INV(probability: Value, alpha: Value, beta: Value) -> float:
    """Return the x up to which a gamma variable has this probability.

    ``#NUM!`` unless the probability is at least 0 and below 1, and the parameters are positive.
    """
    chance, form, scale = to_number(probability), to_number(alpha), to_number(beta)
    if not 0 <= chance < 1 or form <= 0 or scale <= 0:
        raise num_error("the probability lies from 0 to 1")
    return invert(lambda x: gamma_cumulative(form, x / scale), chance, 0, math.inf)
