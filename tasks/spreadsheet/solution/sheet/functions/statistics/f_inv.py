"""The spreadsheet function F.INV."""

import math

from sheet.core.coerce import to_integer, to_number
from sheet.core.distributions import f_cumulative, invert
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def F_INV(probability: Value, freedom1: Value, freedom2: Value) -> float:
    """Return the x up to which an F variable has this probability.

    ``#NUM!`` unless the probability is at least 0 and below 1, and the degrees of freedom are at least 1.
    """
    chance, d1, d2 = to_number(probability), to_integer(freedom1), to_integer(freedom2)
    if not 0 <= chance < 1 or d1 < 1 or d2 < 1:
        raise num_error("the probability lies from 0 to 1")
    return invert(lambda x: f_cumulative(x, d1, d2), chance, 0, math.inf)
