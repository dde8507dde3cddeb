"""The spreadsheet function F.TEST."""

from sheet.core.distributions import f_cumulative
from sheet.core.errors import div_error
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import variance
from sheet.core.types import Argument


@function
def F_TEST(first: Argument, second: Argument) -> float:
    """Return the two-sided probability that two samples with equal variances differ as much as these do.

    ``#DIV/0!`` when a sample has fewer than two numbers or no variation.
    """
    left, right = numbers(first), numbers(second)
    ratio = variance(left, sample=True) / variance(right, sample=True)
    if ratio == 0:
        raise div_error("a sample does not vary")
    tail = f_cumulative(ratio, len(left) - 1, len(right) - 1)
    return 2 * min(tail, 1 - tail)
