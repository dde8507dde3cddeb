"""The spreadsheet function PV."""

from sheet.core.coerce import to_number
from sheet.core.finance import annuity_factor
from sheet.core.function import function
from sheet.core.types import Value


@function
def PV(rate: Value, periods: Value, payment: Value, future: Value = 0, due: Value = 0) -> float:
    """Return the value today of constant payments and of money at the end, with the opposite sign."""
    interest, count, amount, end, timing = map(to_number, (rate, periods, payment, future, due))
    return -(end + amount * annuity_factor(interest, count, timing)) / (1 + interest) ** count
