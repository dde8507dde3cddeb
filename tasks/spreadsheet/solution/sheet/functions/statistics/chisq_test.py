"""The spreadsheet function CHISQ.TEST."""

import math

from sheet.core.distributions import gamma_cumulative
from sheet.core.errors import na_error
from sheet.core.function import function
from sheet.core.ranges import as_matrix, pairs, shape
from sheet.core.types import Argument


@function
def CHISQ_TEST(actual: Argument, expected: Argument) -> float:
    """Return the probability that counts differ from the expected ones at least as much by chance.

    The degrees of freedom are (rows - 1)(columns - 1), or the cells - 1 of a single row or column. ``#N/A``
    when shapes differ or there is one cell only.
    """
    rows, columns = shape(as_matrix(actual))
    if (rows, columns) != shape(as_matrix(expected)) or rows * columns < 2:
        raise na_error("two blocks of the same shape are wanted")
    distance = math.fsum((a - e) ** 2 / e for a, e in pairs(actual, expected))
    degrees = (rows - 1) * (columns - 1) if rows > 1 and columns > 1 else rows * columns - 1
    return 1 - gamma_cumulative(degrees / 2, distance / 2)
