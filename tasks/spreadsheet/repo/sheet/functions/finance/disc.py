"""The spreadsheet function DISC."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def DISC(settlement: Value, maturity: Value, price: Value, redemption: Value, basis: Value = 0) -> float:
    """Return the yearly discount rate of a security that is bought for ``price`` and pays ``redemption``.

    ``#NUM!`` unless both are positive and it matures after it is bought.
    """
    raise NotImplementedError
