"""The spreadsheet function RATE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def RATE(
    periods: Value, payment: Value, present: Value, future: Value = 0, due: Value = 0, guess: Value = 0.1
) -> float:
    """Return the interest rate per period of constant payments; ``#NUM!`` when there is none."""
    raise NotImplementedError
