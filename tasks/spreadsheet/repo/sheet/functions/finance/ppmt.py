"""The spreadsheet function PPMT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def PPMT(
    rate: Value, period: Value, periods: Value, present: Value, future: Value = 0, due: Value = 0
) -> float:
    """Return how much of the loan the payment of one period pays back.

    ``#NUM!`` for a period that it does not have.
    """
    raise NotImplementedError
