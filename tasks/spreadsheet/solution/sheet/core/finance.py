"""The mathematics of money over time: annuities, discounting, and a solver for rates.

Money received is positive, money paid is negative. Rates are per period. ``due`` is 1 when payments fall at
the beginning of a period, and 0 at its end.
"""

import itertools
import math
from collections.abc import Callable, Sequence

from sheet.core.errors import num_error


def annuity_factor(rate: float, periods: float, due: float = 0) -> float:
    """Return what ``periods`` payments of 1 are worth after the last period."""
    if rate == 0:
        return periods
    # Near a rate of zero the plain power loses the digits that matter.
    growth = math.expm1(periods * math.log1p(rate)) if rate > -1 else (1 + rate) ** periods - 1
    return (1 + rate * due) * growth / rate


def future_value(rate: float, periods: float, payment: float, present: float, due: float = 0) -> float:
    """Return the balance after ``periods`` payments that brings all the money to zero."""
    return -present * (1 + rate) ** periods - payment * annuity_factor(rate, periods, due)


def level_payment(rate: float, periods: float, present: float, future: float = 0, due: float = 0) -> float:
    """Return the constant payment that turns ``present`` into ``-future``; no periods are ``#NUM!``."""
    factor = annuity_factor(rate, periods, due)
    if factor == 0:
        raise num_error("there are no payments")
    return -(present * (1 + rate) ** periods + future) / factor


def interest_part(
    rate: float, period: int, periods: float, present: float, future: float = 0, due: float = 0
) -> float:
    """Return the interest in the payment of one period (counted from 1); another period is ``#NUM!``."""
    if not 1 <= period <= periods:
        raise num_error("the period is not one of the loan")
    if due and period == 1:
        return 0.0
    payment = level_payment(rate, periods, present, future, due)
    interest = future_value(rate, period - 1, payment, present, due) * rate
    return interest / (1 + rate) if due else interest


def net_present_value(rate: float, flows: Sequence[float]) -> float:
    """Return the value today of ``flows``, the first of which happens now."""
    return sum(flow / (1 + rate) ** period for period, flow in enumerate(flows))


def solve(value: Callable[[float], float], guess: float = 0.1) -> float:
    """Return a rate above -1 at which ``value`` is zero.

    Newton's method from ``guess`` is tried first; where it fails, rates from -0.99 to 10,000 are searched for
    a change of sign, which is then halved. ``#NUM!`` when there is none.
    """
    root = _newton(value, guess)
    return _bisection(value) if root is None else root


def _newton(value: Callable[[float], float], rate: float) -> float | None:
    for _ in range(60):
        step = 1e-6 * max(1.0, abs(rate))
        try:
            here = value(rate)
            slope = (value(rate + step) - value(rate - step)) / (2 * step)
            following = rate - here / slope
        except (ArithmeticError, ValueError):
            return None
        if isinstance(following, complex) or not -1 < following < 1e6:
            return None
        if abs(following - rate) < 1e-13 * max(1.0, abs(rate)):
            return following
        rate = following
    return rate if abs(value(rate)) < 1e-9 else None


def _bisection(value: Callable[[float], float]) -> float:
    rates = [-0.99, -0.9, -0.5, -0.2, -0.05, 0.0, 0.05, 0.2, 0.5, 1, 3, 10, 100, 10_000]
    for low, high in itertools.pairwise(rates):
        if value(low) * value(high) <= 0:
            break
    else:
        raise num_error("no rate solves this")
    for _ in range(200):
        middle = (low + high) / 2
        if value(low) * value(middle) <= 0:
            high = middle
        else:
            low = middle
    return (low + high) / 2
