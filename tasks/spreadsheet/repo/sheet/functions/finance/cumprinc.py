"""The spreadsheet function CUMPRINC."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def CUMPRINC(rate: Value, periods: Value, present: Value, first: Value, last: Value, due: Value) -> float:
    """Return how much of a loan is paid back from period ``first`` to period ``last``.

    ``due`` is 1 for payments at the beginning of a period, else 0. ``#NUM!`` for a rate, loan or count that
    is not positive, or periods in the wrong order.
    """
    raise NotImplementedError
