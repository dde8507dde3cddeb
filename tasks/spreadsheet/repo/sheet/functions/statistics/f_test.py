"""The spreadsheet function F.TEST."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def F_TEST(first: Argument, second: Argument) -> float:
    """Return the two-sided probability that two samples with equal variances differ as much as these do.

    ``#DIV/0!`` when a sample has fewer than two numbers or no variation.
    """
    raise NotImplementedError
