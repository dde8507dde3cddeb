"""The spreadsheet function FACT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def FACT(number: Value) -> float:
    """Return the factorial of ``number`` without its fraction.

    ``#NUM!`` when it is negative or above 170.
    """
    raise NotImplementedError
