"""The spreadsheet function NORM.S.INV."""

import math

from sheet.core.coerce import to_number
from sheet.core.distributions import invert, normal_cumulative
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def NORM_S_INV(probability: Value) -> float:
    """Return the z up to which a standard normal variable has this probability.

    ``#NUM!`` unless between 0 and 1.
    """
    chance = to_number(probability)
    if not 0 < chance < 1:
        raise num_error("the probability lies between 0 and 1")
    return invert(normal_cumulative, chance, -math.inf, math.inf)
