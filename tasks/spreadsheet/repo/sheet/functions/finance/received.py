"""The spreadsheet function RECEIVED."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def RECEIVED(
    settlement: Value, maturity: Value, investment: Value, discount: Value, basis: Value = 0
) -> float:
    """Return the amount that a fully invested security pays at maturity.

    ``#NUM!`` unless the amounts are positive and it matures after it is bought.
    """
    raise NotImplementedError
