"""Statistics of lists of numbers: means, spreads, percentiles, lines through points."""

from collections.abc import Sequence


def mean(values: Sequence[float]) -> float:
    """Return the arithmetic mean; of nothing it is ``#DIV/0!``."""
    raise NotImplementedError


def squared_deviations(values: Sequence[float]) -> float:
    """Return the sum of the squared distances from the mean."""
    raise NotImplementedError


def variance(values: Sequence[float], sample: bool) -> float:
    """Return the variance: of a sample (divided by n - 1) or of a population (divided by n).

    Fewer than two values of a sample, or none of a population, are ``#DIV/0!``.
    """
    raise NotImplementedError


def covariance(points: Sequence[tuple[float, float]], sample: bool) -> float:
    """Return the covariance of the two coordinates; the divisor is that of ``variance``."""
    raise NotImplementedError


def correlation(points: Sequence[tuple[float, float]]) -> float:
    """Return Pearson's coefficient; ``#DIV/0!`` when a coordinate does not vary or there are no points."""
    raise NotImplementedError


def line_through(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return slope and intercept of the least-squares line of y over x for ``(x, y)`` points.

    No points are ``#N/A``; an x that does not vary is ``#DIV/0!``.
    """
    raise NotImplementedError


def percentile(values: Sequence[float], fraction: float, exclusive: bool = False) -> float:
    """Return the value below which ``fraction`` of the values lie, interpolated between neighbours.

    Inclusive: fractions 0 to 1 stand for the smallest to the largest value. Exclusive: the value of rank k
    stands for the fraction k / (n + 1). A fraction beyond these ends, or no values, are ``#NUM!``.
    """
    raise NotImplementedError


def ranks(values: Sequence[float], value: float, ascending: bool) -> tuple[int, int]:
    """Return the first and the last rank (from 1) that ``value`` takes among ``values``.

    Ranks count from the largest value, or from the smallest when ``ascending``. Equal values share the span
    of their ranks. A value that is not there is ``#N/A``.
    """
    raise NotImplementedError
