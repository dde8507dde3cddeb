"""The spreadsheet function COSH."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def COSH(number: Value) -> float:
    """Return the hyperbolic cosine of ``number``.

    ``#NUM!`` when the result is too large.
    """
    raise NotImplementedError
