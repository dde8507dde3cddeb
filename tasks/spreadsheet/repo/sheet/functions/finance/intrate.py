"""The spreadsheet function INTRATE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def INTRATE(
    settlement: Value, maturity: Value, investment: Value, redemption: Value, basis: Value = 0
) -> float:
    """Return the yearly interest rate of a fully invested security.

    ``#NUM!`` unless both amounts are positive and it matures after it is bought.
    """
    raise NotImplementedError
