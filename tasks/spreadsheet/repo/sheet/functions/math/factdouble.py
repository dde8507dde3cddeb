"""The spreadsheet function FACTDOUBLE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def FACTDOUBLE(number: Value) -> float:
    """Return the product of ``number`` and every second whole number below it down to 2 or 1.

    Of 0 and -1 it is 1. Fractions are cut off; ``#NUM!`` below -1.
    """
    raise NotImplementedError
