"""The spreadsheet function CUMIPMT."""

import math

from sheet.core.coerce import to_integer, to_number
from sheet.core.errors import num_error
from sheet.core.finance import interest_part
from sheet.core.function import function
from sheet.core.types import Value


@function
def CUMIPMT(rate: Value, periods: Value, present: Value, first: Value, last: Value, due: Value) -> float:
    """Return the interest paid on a loan from period ``first`` to period ``last``.

    ``due`` is 1 for payments at the beginning of a period, else 0. ``#NUM!`` for a rate, loan or count that
    is not positive, or periods in the wrong order.
    """
    interest, count, loan = to_number(rate), to_number(periods), to_number(present)
    start, end, timing = to_integer(first), to_integer(last), to_integer(due)
    if interest <= 0 or loan <= 0 or not 1 <= start <= end <= count or timing not in {0, 1}:
        raise num_error("these numbers do not describe a loan")
    parts = (interest_part(interest, period, count, loan, due=timing) for period in range(start, end + 1))
    return math.fsum(parts)
