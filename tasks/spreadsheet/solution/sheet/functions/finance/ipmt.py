"""The spreadsheet function IPMT."""

from sheet.core.coerce import to_integer, to_number
from sheet.core.finance import interest_part
from sheet.core.function import function
from sheet.core.types import Value


@function
def IPMT(
    rate: Value, period: Value, periods: Value, present: Value, future: Value = 0, due: Value = 0
) -> float:
    """Return the interest in the payment of one period of a loan.

    ``#NUM!`` for a period that it does not have.
    """
    terms = map(to_number, (periods, present, future, due))
    return interest_part(to_number(rate), to_integer(period), *terms)
