"""The spreadsheet function INTRATE."""

from sheet.core.coerce import to_integer, to_number
from sheet.core.dates import to_date, year_fraction
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def INTRATE(
    settlement: Value, maturity: Value, investment: Value, redemption: Value, basis: Value = 0
) -> float:
    """Return the yearly interest rate of a fully invested security.

    ``#NUM!`` unless both amounts are positive and it matures after it is bought.
    """
    first, last = to_date(settlement), to_date(maturity)
    paid, received = to_number(investment), to_number(redemption)
    if first >= last or paid <= 0 or received <= 0:
        raise num_error("these numbers do not describe a security")
    return (received - paid) / paid / year_fraction(first, last, to_integer(basis))
