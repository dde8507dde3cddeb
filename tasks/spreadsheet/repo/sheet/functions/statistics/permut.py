"""The spreadsheet function PERMUT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def PERMUT(number: Value, chosen: Value) -> int:
    """Return in how many orders ``chosen`` of ``number`` things can be laid out.

    Fractions are cut off. ``#NUM!`` when more are chosen than there are, or one is negative.
    """
    raise NotImplementedError
