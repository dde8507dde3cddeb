"""The spreadsheet function DOLLARFR."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def DOLLARFR(price: Value, fraction: Value) -> float:
    """Return a decimal price with a fraction after the point: 1.125 in sixteenths is 1.02.

    ``#NUM!`` for a negative denominator, ``#DIV/0!`` for 0.
    """
    raise NotImplementedError
