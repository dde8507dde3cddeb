"""The spreadsheet function DOLLARDE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def DOLLARDE(price: Value, fraction: Value) -> float:
    """Return a price that is written with a fraction after the point as a decimal number.

    1.02 in sixteenths means 1 and 2/16. ``#NUM!`` for a negative denominator, ``#DIV/0!`` for 0.
    """
    raise NotImplementedError
