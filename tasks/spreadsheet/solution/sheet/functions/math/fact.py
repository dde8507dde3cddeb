"""The spreadsheet function FACT."""

import math

from sheet.core.coerce import to_integer
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def FACT(number: Value) -> float:
    """Return the factorial of ``number`` without its fraction.

    ``#NUM!`` when it is negative or above 170.
    """
    count = to_integer(number)
    if not 0 <= count <= 170:
        raise num_error("the factorial is known for 0 to 170")
    return math.factorial(count)
