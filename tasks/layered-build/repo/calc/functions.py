"""The functions that programs can call."""

from collections.abc import Callable

FUNCTIONS: dict[str, tuple[int, Callable[..., float]]] = {}
"""By name: how many arguments it takes, and what computes it."""


def apply(name: str, arguments: list[float]) -> float:
    """Return a function's value.

    Raises:
        CalcError: it has no value for these arguments; the message is ``NAME has no value here``.
    """
    raise NotImplementedError
