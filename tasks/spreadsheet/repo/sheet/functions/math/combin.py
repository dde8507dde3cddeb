"""The spreadsheet function COMBIN."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def COMBIN(number: Value, chosen: Value) -> int:
    """Return in how many ways ``chosen`` of ``number`` things can be picked, without regard to order.

    Fractions are cut off. ``#NUM!`` when either is negative or more are chosen than there are.
    """
    raise NotImplementedError
