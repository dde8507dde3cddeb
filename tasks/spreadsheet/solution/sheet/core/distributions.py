"""Cumulative probabilities of the classical distributions, and how to invert them."""

import math
from collections.abc import Callable

from sheet.core.errors import num_error

_TINY = 1e-300
_PRECISION = 1e-15


def normal_density(z: float) -> float:
    """Return the height of the standard normal curve at ``z``."""
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def normal_cumulative(z: float) -> float:
    """Return the probability that a standard normal variable is at most ``z``."""
    return math.erfc(-z / math.sqrt(2)) / 2


def gamma_cumulative(shape: float, x: float) -> float:
    """Return the regularised lower incomplete gamma function P(shape, x) for ``shape`` > 0.

    It is 0 for ``x`` at or below 0. A chi-squared variable with k degrees of freedom has P(k / 2, x / 2).
    """
    if x <= 0:
        return 0.0
    scale = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1:
        return scale * _gamma_series(shape, x)
    return 1 - scale * _gamma_fraction(shape, x)


def beta_cumulative(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I(x; a, b) for positive ``a`` and ``b``.

    It is 0 for ``x`` at or below 0, and 1 at or above 1.
    """
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    log_scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1) / (a + b + 2):
        return math.exp(log_scale) * _beta_fraction(x, a, b) / a
    return 1 - math.exp(log_scale) * _beta_fraction(1 - x, b, a) / b


def student_cumulative(t: float, freedom: float) -> float:
    """Return the probability that Student's t with ``freedom`` degrees is at most ``t``."""
    tail = beta_cumulative(freedom / (freedom + t * t), freedom / 2, 0.5) / 2
    return 1 - tail if t > 0 else tail


def f_cumulative(x: float, freedom1: float, freedom2: float) -> float:
    """Return the probability that an F variable is at most ``x``."""
    if x <= 0:
        return 0.0
    return beta_cumulative(freedom1 * x / (freedom1 * x + freedom2), freedom1 / 2, freedom2 / 2)


def invert(cumulative: Callable[[float], float], probability: float, low: float, high: float) -> float:
    """Return the x between ``low`` and ``high`` at which a growing function reaches ``probability``.

    An end that is infinite is widened step by step from 1 away from the other end until the value is
    enclosed. The answer is exact to about 15 digits. ``#NUM!`` when the value is never enclosed.
    """
    low = _widen(lambda x: cumulative(x) <= probability, low, -1.0)
    high = _widen(lambda x: cumulative(x) >= probability, high, 1.0)
    for _ in range(300):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if cumulative(middle) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _widen(enclosed: Callable[[float], bool], end: float, step: float) -> float:
    if math.isfinite(end):
        return end
    for _ in range(200):
        if enclosed(step):
            return step
        step *= 2
    raise num_error("the probability is never reached")


def _gamma_series(shape: float, x: float) -> float:
    term = total = 1 / shape
    denominator = shape
    while abs(term) > abs(total) * _PRECISION:
        denominator += 1
        term *= x / denominator
        total += term
    return total


def _gamma_fraction(shape: float, x: float) -> float:
    b = x + 1 - shape
    c = 1 / _TINY
    d = 1 / b
    result = d
    for step in range(1, 10_000):
        numerator = -step * (step - shape)
        b += 2
        d = 1 / _away_from_zero(numerator * d + b)
        c = _away_from_zero(b + numerator / c)
        result *= d * c
        if abs(d * c - 1) < _PRECISION:
            break
    return result


def _beta_fraction(x: float, a: float, b: float) -> float:
    c = 1.0
    d = 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    result = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for numerator in (even, odd):
            d = 1 / _away_from_zero(1 + numerator * d)
            c = _away_from_zero(1 + numerator / c)
            result *= d * c
        if abs(d * c - 1) < _PRECISION:
            break
    return result


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
