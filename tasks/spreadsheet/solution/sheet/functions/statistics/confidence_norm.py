"""The spreadsheet function CONFIDENCE.NORM."""

import math

from sheet.core.coerce import to_integer, to_number
from sheet.core.distributions import invert, normal_cumulative
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def CONFIDENCE_NORM(alpha: Value, deviation: Value, size: Value) -> float:
    """Return half the width of the interval that holds a mean with probability 1 - ``alpha`` (normal).

    ``#NUM!`` unless ``alpha`` is between 0 and 1, ``deviation`` positive and ``size`` at least 1.
    """
    level, spread, count = to_number(alpha), to_number(deviation), to_integer(size)
    if not 0 < level < 1 or spread <= 0 or count < 1:
        raise num_error("alpha lies between 0 and 1")
    return invert(normal_cumulative, 1 - level / 2, -math.inf, math.inf) * spread / math.sqrt(count)
