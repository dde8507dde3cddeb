"""The spreadsheet function GAMMA."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def GAMMA(number: Value) -> float:
    """Return the gamma function.

    ``#NUM!`` for zero, negative whole numbers and results that are too large.
    """
    raise NotImplementedError
