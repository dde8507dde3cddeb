"""The spreadsheet function BITXOR."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def BITXOR(first: Value, second: Value) -> int:
    """Return the bits that are set in exactly one number.

    ``#NUM!`` unless they are whole, from 0 to 2^48 - 1.
    """
    raise NotImplementedError
