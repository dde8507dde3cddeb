"""The spreadsheet function CONFIDENCE.T."""

import math

from sheet.core.coerce import to_integer, to_number
from sheet.core.distributions import invert, student_cumulative
from sheet.core.errors import div_error, num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def CONFIDENCE_T(alpha: Value, deviation: Value, size: Value) -> float:
    """Return half the width of the interval that holds a mean with probability 1 - ``alpha`` (Student).

    ``#NUM!`` unless ``alpha`` is between 0 and 1 and ``deviation`` positive; ``#DIV/0!`` for a sample of one.
    """
    level, spread, count = to_number(alpha), to_number(deviation), to_integer(size)
    if not 0 < level < 1 or spread <= 0 or count < 1:
        raise num_error("alpha lies between 0 and 1")
    if count == 1:
        raise div_error("one value has no spread")
    t = invert(lambda x: student_cumulative(x, count - 1), 1 - level / 2, -math.inf, math.inf)
    return t * spread / math.sqrt(count)
