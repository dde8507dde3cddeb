"""The spreadsheet function PMT."""

from sheet.core.coerce import to_number
from sheet.core.finance import level_payment
from sheet.core.function import function
from sheet.core.types import Value


@function
def PMT(rate: Value, periods: Value, present: Value, future: Value = 0, due: Value = 0) -> float:
    """Return the constant payment of a loan, negative for a loan that is received.

    ``future`` is what remains after the last payment; ``due`` is 1 for payments at the beginning of a period.
    ``#NUM!`` without periods.
    """
    return level_payment(*map(to_number, (rate, periods, present, future, due)))
