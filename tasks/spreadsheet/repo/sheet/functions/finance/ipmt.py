"""The spreadsheet function IPMT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def IPMT(
    rate: Value, period: Value, periods: Value, present: Value, future: Value = 0, due: Value = 0
) -> float:
    """Return the interest in the payment of one period of a loan.

    ``#NUM!`` for a period that it does not have.
    """
    raise NotImplementedError
