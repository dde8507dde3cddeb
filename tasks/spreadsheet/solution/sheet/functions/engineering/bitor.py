"""The spreadsheet function BITOR."""

from sheet.core.coerce import to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def BITOR(first: Value, second: Value) -> int:
    """Return the bits that are set in at least one number.

    ``#NUM!`` unless they are whole, from 0 to 2^48 - 1.
    """
    left, right = to_number(first), to_number(second)
    if any(not 0 <= bits < 2**48 or bits != int(bits) for bits in (left, right)):
        raise num_error("whole numbers from 0 to 2^48 - 1 are wanted")
    return int(left) | int(right)
