"""The spreadsheet function BITLSHIFT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def BITLSHIFT(number: Value, amount: Value) -> int:
    """Return the bits of ``number`` moved left, or right for a negative amount; what falls off is lost.

    ``#NUM!`` unless the number is whole, from 0 to 2^48 - 1, as the result must be, and the amount at most
    53.
    """
    raise NotImplementedError
