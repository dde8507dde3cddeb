"""The spreadsheet function MULTINOMIAL."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def MULTINOMIAL(*values: Argument) -> int:
    """Return the factorial of the sum of ``values``, divided by the product of their factorials.

    Fractions are cut off. ``#NUM!`` when a number is negative.
    """
    raise NotImplementedError
