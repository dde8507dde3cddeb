"""The spreadsheet function XNPV."""

import math

from sheet.core.coerce import to_number
from sheet.core.dates import to_date
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.ranges import cells
from sheet.core.types import Argument, Value


@function
def XNPV(rate: Value, flows: Argument, dates: Argument) -> float:
    """Return the value, on the first day, of cash flows on any days.

    ``#NUM!`` for different counts, an earlier day than the first, or a rate of -1 or less.
    """
    interest = to_number(rate)
    amounts = [to_number(cell) for cell in cells(flows)]
    days = [to_date(cell) for cell in cells(dates)]
    if len(amounts) != len(days) or min(days) < days[0] or interest <= -1:
        raise num_error("an amount for each day is wanted, and a rate above -1")
    return math.fsum(
        amount / (1 + interest) ** ((day - days[0]).days / 365)
        for amount, day in zip(amounts, days, strict=True)
    )
