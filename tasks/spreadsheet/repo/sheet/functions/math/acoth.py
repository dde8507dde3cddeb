"""The spreadsheet function ACOTH."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ACOTH(number: Value) -> float:
    """Return the number whose hyperbolic cotangent is ``number``.

    ``#NUM!`` from -1 to 1.
    """
    raise NotImplementedError
