"""The spreadsheet function LOGNORM.INV."""

import math

from sheet.core.coerce import to_number
from sheet.core.distributions import invert, normal_cumulative
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def LOGNORM_INV(probability: Value, mean_log: Value, deviation_log: Value) -> float:
    """Return the x up to which a log-normal variable has this probability.

    ``#NUM!`` unless the probability is between 0 and 1 and the deviation positive.
    """
    chance, spread = to_number(probability), to_number(deviation_log)
    if not 0 < chance < 1 or spread <= 0:
        raise num_error("the probability lies between 0 and 1")
    z = invert(normal_cumulative, chance, -math.inf, math.inf)
    return math.exp(to_number(mean_log) + spread * z)
