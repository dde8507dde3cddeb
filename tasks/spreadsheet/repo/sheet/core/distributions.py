"""Cumulative probabilities of the classical distributions, and how to invert them."""

from collections.abc import Callable


def normal_density(z: float) -> float:
    """Return the height of the standard normal curve at ``z``."""
    raise NotImplementedError


def normal_cumulative(z: float) -> float:
    """Return the probability that a standard normal variable is at most ``z``."""
    raise NotImplementedError


def gamma_cumulative(shape: float, x: float) -> float:
    """Return the regularised lower incomplete gamma function P(shape, x) for ``shape`` > 0.

    It is 0 for ``x`` at or below 0. A chi-squared variable with k degrees of freedom has P(k / 2, x / 2).
    """
    raise NotImplementedError


def beta_cumulative(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I(x; a, b) for positive ``a`` and ``b``.

    It is 0 for ``x`` at or below 0, and 1 at or above 1.
    """
    raise NotImplementedError


def student_cumulative(t: float, freedom: float) -> float:
    """Return the probability that Student's t with ``freedom`` degrees is at most ``t``."""
    raise NotImplementedError


def f_cumulative(x: float, freedom1: float, freedom2: float) -> float:
    """Return the probability that an F variable is at most ``x``."""
    raise NotImplementedError


def invert(cumulative: Callable[[float], float], probability: float, low: float, high: float) -> float:
    """Return the x between ``low`` and ``high`` at which a growing function reaches ``probability``.

    An end that is infinite is widened step by step from 1 away from the other end until the value is
    enclosed. The answer is exact to about 15 digits. ``#NUM!`` when the value is never enclosed.
    """
    raise NotImplementedError
