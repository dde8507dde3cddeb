"""The spreadsheet function CSCH."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def CSCH(number: Value) -> float:
    """Return the hyperbolic cosecant of ``number``: one over its hyperbolic sine.

    ``#DIV/0!`` at 0, and 0 where the hyperbolic sine is too large to be written.
    """
    x = to_number(number)
    return 0 if abs(x) > 700 else 1 / math.sinh(x)
