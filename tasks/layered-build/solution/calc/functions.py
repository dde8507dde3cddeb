"""The functions that programs can call."""

import math
from collections.abc import Callable

from calc.errors import CalcError

FUNCTIONS: dict[str, tuple[int, Callable[..., float]]] = {
    "abs": (1, abs),
    "sqrt": (1, math.sqrt),
    "floor": (1, lambda value: float(math.floor(value))),
    "min": (2, min),
    "max": (2, max),
}
"""By name: how many arguments it takes, and what computes it."""


def apply(name: str, arguments: list[float]) -> float:
    """Return a function's value.

    Raises:
        CalcError: it has no value for these arguments; the message is ``NAME has no value here``.
    """
    try:
        return float(FUNCTIONS[name][1](*arguments))
    except (ValueError, OverflowError):
        raise CalcError(f"{name} has no value here") from None
