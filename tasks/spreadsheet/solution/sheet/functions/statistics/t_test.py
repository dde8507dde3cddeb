"""The spreadsheet function T.TEST."""

import math

from sheet.core.coerce import to_integer
from sheet.core.distributions import student_cumulative
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.ranges import numbers, pairs
from sheet.core.statistics import mean, variance
from sheet.core.types import Argument, Value


def _paired(points: list[tuple[float, float]]) -> tuple[float, float]:
    differences = [x - y for x, y in points]
    count = len(differences)
    return mean(differences) / math.sqrt(variance(differences, sample=True) / count), count - 1


def _unpaired(left: list[float], right: list[float], equal: bool) -> tuple[float, float]:
    n, m = len(left), len(right)
    a, b = variance(left, sample=True), variance(right, sample=True)
    distance = mean(left) - mean(right)
    if equal:
        pooled = ((n - 1) * a + (m - 1) * b) / (n + m - 2)
        return distance / math.sqrt(pooled * (1 / n + 1 / m)), n + m - 2
    a, b = a / n, b / m
    return distance / math.sqrt(a + b), (a + b) ** 2 / (a * a / (n - 1) + b * b / (m - 1))


@function
def T_TEST(first: Argument, second: Argument, tails: Value, kind: Value) -> float:
    """Return the probability that two samples with equal means differ as much as these do, by Student's test.

    ``tails`` is 1 or 2; ``kind`` 1 compares pairs, 2 samples of equal variance, 3 samples of unequal
    variance. Others are ``#NUM!``, pairs of different sizes ``#N/A``.
    """
    sides, chosen = to_integer(tails), to_integer(kind)
    if sides not in {1, 2} or chosen not in {1, 2, 3}:
        raise num_error("tails are 1 or 2, kinds 1 to 3")
    t, degrees = (
        _paired(pairs(first, second))
        if chosen == 1
        else _unpaired(numbers(first), numbers(second), chosen == 2)
    )
    return sides * (1 - student_cumulative(abs(t), degrees))
