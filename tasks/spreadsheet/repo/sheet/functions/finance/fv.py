"""The spreadsheet function FV."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def FV(rate: Value, periods: Value, payment: Value, present: Value = 0, due: Value = 0) -> float:
    """Return the future value of constant payments and of money that is there at the beginning.

    Money that is paid is negative. ``due`` is 1 for payments at the beginning of a period.
    """
    raise NotImplementedError
