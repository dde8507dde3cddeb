"""The spreadsheet function CHISQ.TEST."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def CHISQ_TEST(actual: Argument, expected: Argument) -> float:
    """Return the probability that counts differ from the expected ones at least as much by chance.

    The degrees of freedom are (rows - 1)(columns - 1), or the cells - 1 of a single row or column. ``#N/A``
    when shapes differ or there is one cell only.
    """
    raise NotImplementedError
