"""The spreadsheet function BITLSHIFT."""

from sheet.core.coerce import to_integer, to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def BITLSHIFT(number: Value, amount: Value) -> int:
    """Return the bits of ``number`` moved left, or right for a negative amount; what falls off is lost.

    ``#NUM!`` unless the number is whole, from 0 to 2^48 - 1, as the result must be, and the amount at most
    53.
    """
    bits, distance = to_number(number), to_integer(amount)
    if not 0 <= bits < 2**48 or bits != int(bits) or abs(distance) > 53:
        raise num_error("the bits or the amount are out of range")
    moved = int(bits) << distance if distance >= 0 else int(bits) >> -distance
    if moved >= 2**48:
        raise num_error("the result is too large")
    return moved
