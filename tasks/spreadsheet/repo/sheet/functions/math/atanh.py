"""The spreadsheet function ATANH."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ATANH(number: Value) -> float:
    """Return the number whose hyperbolic tangent is ``number``.

    ``#NUM!`` unless ``number`` is between -1 and 1, both excluded.
    """
    raise NotImplementedError
