"""The spreadsheet function T.INV."""

import math

from sheet.core.coerce import to_integer, to_number
from sheet.core.distributions import invert, student_cumulative
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def T_INV(probability: Value, freedom: Value) -> float:
    """Return the t up to which Student's variable has this probability.

    ``#NUM!`` unless the probability is between 0 and 1 and the freedom at least 1.
    """
    chance, degrees = to_number(probability), to_integer(freedom)
    if not 0 < chance < 1 or degrees < 1:
        raise num_error("the probability lies between 0 and 1")
    return invert(lambda t: student_cumulative(t, degrees), chance, -math.inf, math.inf)
