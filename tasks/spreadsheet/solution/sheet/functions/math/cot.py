"""The spreadsheet function COT."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def COT(angle: Value) -> float:
    """Return the cotangent of ``angle``, given in radians.

    ``#DIV/0!`` at 0.
    """
    return 1 / math.tan(to_number(angle))
