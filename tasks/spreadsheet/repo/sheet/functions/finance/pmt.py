"""The spreadsheet function PMT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def PMT(rate: Value, periods: Value, present: Value, future: Value = 0, due: Value = 0) -> float:
    """Return the constant payment of a loan, negative for a loan that is received.

    ``future`` is what remains after the last payment; ``due`` is 1 for payments at the beginning of a period.
    ``#NUM!`` without periods.
    """
    raise NotImplementedError
