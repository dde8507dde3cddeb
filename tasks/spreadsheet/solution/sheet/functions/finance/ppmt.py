"""The spreadsheet function PPMT."""

from sheet.core.coerce import to_integer, to_number
from sheet.core.finance import interest_part, level_payment
from sheet.core.function import function
from sheet.core.types import Value


@function
def PPMT(
    rate: Value, period: Value, periods: Value, present: Value, future: Value = 0, due: Value = 0
) -> float:
    """Return how much of the loan the payment of one period pays back.

    ``#NUM!`` for a period that it does not have.
    """
    terms = [to_number(value) for value in (periods, present, future, due)]
    interest = interest_part(to_number(rate), to_integer(period), *terms)
    return level_payment(to_number(rate), *terms) - interest
