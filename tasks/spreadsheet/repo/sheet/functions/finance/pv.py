"""The spreadsheet function PV."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def PV(rate: Value, periods: Value, payment: Value, future: Value = 0, due: Value = 0) -> float:
    """Return the value today of constant payments and of money at the end, with the opposite sign."""
    raise NotImplementedError
