"""The spreadsheet function RECEIVED."""

from sheet.core.coerce import to_integer, to_number
from sheet.core.dates import to_date, year_fraction
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def RECEIVED(
    settlement: Value, maturity: Value, investment: Value, discount: Value, basis: Value = 0
) -> float:
    """Return the amount that a fully invested security pays at maturity.

    ``#NUM!`` unless the amounts are positive and it matures after it is bought.
    """
    first, last = to_date(settlement), to_date(maturity)
    paid, rate = to_number(investment), to_number(discount)
    if first >= last or paid <= 0 or rate <= 0:
        raise num_error("these numbers do not describe a security")
    return paid / (1 - rate * year_fraction(first, last, to_integer(basis)))
