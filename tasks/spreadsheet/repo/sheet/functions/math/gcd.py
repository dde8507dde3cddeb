"""The spreadsheet function GCD."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def GCD(*values: Argument) -> int:
    """Return the greatest whole number that divides every one of ``values``.

    Fractions are cut off. ``#NUM!`` when a number is negative.
    """
    raise NotImplementedError
