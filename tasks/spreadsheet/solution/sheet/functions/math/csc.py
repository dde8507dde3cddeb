"""The spreadsheet function CSC."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def CSC(angle: Value) -> float:
    """Return the cosecant of ``angle``, given in radians: one over its sine.

    ``#DIV/0!`` at 0.
    """
    return 1 / math.sin(to_number(angle))
