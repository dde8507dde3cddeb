"""The spreadsheet function TAKE."""

from sheet.core.function import function
from sheet.core.types import Argument, Matrix, Value


@function
def TAKE(block: Argument, rows: Value = None, columns: Value = None) -> Matrix:
    """Return the first rows and columns of ``block``, or the last ones for negative numbers.

    A blank number takes all. ``#VALUE!`` when nothing would be left.
    """
    raise NotImplementedError
