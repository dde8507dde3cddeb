"""The spreadsheet function BITOR."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def BITOR(first: Value, second: Value) -> int:
    """Return the bits that are set in at least one number.

    ``#NUM!`` unless they are whole, from 0 to 2^48 - 1.
    """
    raise NotImplementedError
