"""The spreadsheet function LCM."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def LCM(*values: Argument) -> int:
    """Return the smallest whole number that every one of ``values`` divides.

    Fractions are cut off. It is 0 when a number is 0, and ``#NUM!`` when one is negative.
    """
    raise NotImplementedError
