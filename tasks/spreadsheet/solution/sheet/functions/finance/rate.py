"""The spreadsheet function RATE."""

from sheet.core.coerce import to_number
from sheet.core.finance import future_value, solve
from sheet.core.function import function
from sheet.core.types import Value


@function
def RATE(
    periods: Value, payment: Value, present: Value, future: Value = 0, due: Value = 0, guess: Value = 0.1
) -> float:
    """Return the interest rate per period of constant payments; ``#NUM!`` when there is none."""
    count, amount, start, end, timing = map(to_number, (periods, payment, present, future, due))
    return solve(lambda rate: future_value(rate, count, amount, start, timing) - end, to_number(guess))
