"""The spreadsheet function FACTDOUBLE."""

import math

from sheet.core.coerce import to_integer
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def FACTDOUBLE(number: Value) -> float:
    """Return the product of ``number`` and every second whole number below it down to 2 or 1.

    Of 0 and -1 it is 1. Fractions are cut off; ``#NUM!`` below -1.
    """
    count = to_integer(number)
    if count < -1:
        raise num_error("a number of at least -1 is wanted")
    return math.prod(range(count, 0, -2))
