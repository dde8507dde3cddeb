"""Statistics of lists of numbers: means, spreads, percentiles, lines through points."""

import math
from collections.abc import Sequence

from sheet.core.errors import div_error, na_error, num_error


def mean(values: Sequence[float]) -> float:
    """Return the arithmetic mean; of nothing it is ``#DIV/0!``."""
    if not values:
        raise div_error("the mean of no numbers")
    return math.fsum(values) / len(values)


def squared_deviations(values: Sequence[float]) -> float:
    """Return the sum of the squared distances from the mean."""
    centre = mean(values)
    return math.fsum((value - centre) ** 2 for value in values)


def variance(values: Sequence[float], sample: bool) -> float:
    """Return the variance: of a sample (divided by n - 1) or of a population (divided by n).

    Fewer than two values of a sample, or none of a population, are ``#DIV/0!``.
    """
    divisor = len(values) - sample
    if divisor < 1:
        raise div_error("too few numbers for a variance")
    return squared_deviations(values) / divisor


def covariance(points: Sequence[tuple[float, float]], sample: bool) -> float:
    """Return the covariance of the two coordinates; the divisor is that of ``variance``."""
    divisor = len(points) - sample
    if divisor < 1:
        raise div_error("too few points for a covariance")
    x_mean, y_mean = mean([x for x, _ in points]), mean([y for _, y in points])
    return math.fsum((x - x_mean) * (y - y_mean) for x, y in points) / divisor


def correlation(points: Sequence[tuple[float, float]]) -> float:
    """Return Pearson's coefficient; ``#DIV/0!`` when a coordinate does not vary or there are no points."""
    spread = squared_deviations([x for x, _ in points]) * squared_deviations([y for _, y in points])
    if spread == 0:
        raise div_error("a coordinate does not vary")
    return covariance(points, sample=False) * len(points) / math.sqrt(spread)


def line_through(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return slope and intercept of the least-squares line of y over x for ``(x, y)`` points.

    No points are ``#N/A``; an x that does not vary is ``#DIV/0!``.
    """
    if not points:
        raise na_error("no points")
    x_spread = squared_deviations([x for x, _ in points])
    if x_spread == 0:
        raise div_error("all x are equal")
    slope = covariance(points, sample=False) * len(points) / x_spread
    return slope, mean([y for _, y in points]) - slope * mean([x for x, _ in points])


def percentile(values: Sequence[float], fraction: float, exclusive: bool = False) -> float:
    """Return the value below which ``fraction`` of the values lie, interpolated between neighbours.

    Inclusive: fractions 0 to 1 stand for the smallest to the largest value. Exclusive: the value of rank k
    stands for the fraction k / (n + 1). A fraction beyond these ends, or no values, are ``#NUM!``.
    """
    ordered = sorted(values)
    rank = fraction * (len(ordered) + 1) if exclusive else fraction * (len(ordered) - 1) + 1
    if not ordered or not 1 <= rank <= len(ordered):
        raise num_error("the fraction is out of range")
    below = math.floor(rank)
    above = min(below + 1, len(ordered))
    return ordered[below - 1] + (rank - below) * (ordered[above - 1] - ordered[below - 1])


def ranks(values: Sequence[float], value: float, ascending: bool) -> tuple[int, int]:
    """Return the first and the last rank (from 1) that ``value`` takes among ``values``.

    Ranks count from the largest value, or from the smallest when ``ascending``. Equal values share the span
    of their ranks. A value that is not there is ``#N/A``.
    """
    equal = sum(1 for other in values if other == value)
    if not equal:
        raise na_error("the value is not among the numbers")
    before = sum(1 for other in values if (other < value if ascending else other > value))
    return before + 1, before + equal
