"""The mathematics of money over time: annuities, discounting, and a solver for rates.

Money received is positive, money paid is negative. Rates are per period. ``due`` is 1 when payments fall at
the beginning of a period, and 0 at its end.
"""

from collections.abc import Callable, Sequence


def annuity_factor(rate: float, periods: float, due: float = 0) -> float:
    """Return what ``periods`` payments of 1 are worth after the last period."""
    raise NotImplementedError


def future_value(rate: float, periods: float, payment: float, present: float, due: float = 0) -> float:
    """Return the balance after ``periods`` payments that brings all the money to zero."""
    raise NotImplementedError


def level_payment(rate: float, periods: float, present: float, future: float = 0, due: float = 0) -> float:
    """Return the constant payment that turns ``present`` into ``-future``; no periods are ``#NUM!``."""
    raise NotImplementedError


def interest_part(
    rate: float, period: int, periods: float, present: float, future: float = 0, due: float = 0
) -> float:
    """Return the interest in the payment of one period (counted from 1); another period is ``#NUM!``."""
    raise NotImplementedError


def net_present_value(rate: float, flows: Sequence[float]) -> float:
    """Return the value today of ``flows``, the first of which happens now."""
    raise NotImplementedError


def solve(value: Callable[[float], float], guess: float = 0.1) -> float:
    """Return a rate above -1 at which ``value`` is zero.

    Newton's method from ``guess`` is tried first; where it fails, rates from -0.99 to 10,000 are searched for
    a change of sign, which is then halved. ``#NUM!`` when there is none.
    """
    raise NotImplementedError
