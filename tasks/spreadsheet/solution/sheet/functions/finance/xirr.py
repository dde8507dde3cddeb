"""The spreadsheet function XIRR."""

import math

from sheet.core.coerce import to_number
from sheet.core.dates import to_date
from sheet.core.errors import num_error
from sheet.core.finance import solve
from sheet.core.function import function
from sheet.core.ranges import cells
from sheet.core.types import Argument, Value


@function
def XIRR(flows: Argument, dates: Argument, guess: Value = 0.1) -> float:
    """Return the yearly rate at which the present value of cash flows on any days is zero.

    The first flow is the earliest. ``#NUM!`` for different counts, an earlier day, or no payment or receipt.
    """
    amounts = [to_number(cell) for cell in cells(flows)]
    days = [to_date(cell) for cell in cells(dates)]
    if len(amounts) != len(days) or min(days) < days[0] or min(amounts) >= 0 or max(amounts) <= 0:
        raise num_error("a payment, a receipt and a day for each are wanted")
    timed = [(amount, (day - days[0]).days / 365) for amount, day in zip(amounts, days, strict=True)]
    return solve(
        lambda rate: math.fsum(amount / (1 + rate) ** year for amount, year in timed), to_number(guess)
    )
