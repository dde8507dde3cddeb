"""The spreadsheet function DOLLARFR."""

import math

from sheet.core.coerce import to_integer, to_number
from sheet.core.errors import div_error, num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def DOLLARFR(price: Value, fraction: Value) -> float:
    """Return a decimal price with a fraction after the point: 1.125 in sixteenths is 1.02.

    ``#NUM!`` for a negative denominator, ``#DIV/0!`` for 0.
    """
    value, denominator = to_number(price), to_integer(fraction)
    if denominator < 0:
        raise num_error("a positive denominator is wanted")
    if denominator == 0:
        raise div_error("a denominator other than 0 is wanted")
    whole = math.trunc(value)
    return whole + (value - whole) * denominator / 10 ** math.ceil(math.log10(denominator))
