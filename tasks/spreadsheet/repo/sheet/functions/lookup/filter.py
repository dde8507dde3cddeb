"""The spreadsheet function FILTER."""

from sheet.core.function import function
from sheet.core.types import Argument, Matrix, Value


@function
def FILTER(block: Argument, include: Argument, fallback: Value = None) -> Matrix:
    """Return the rows (or columns) of ``block`` for which ``include`` is true.

    ``include`` is a column as long as the block, or a row as wide; other sizes are ``#VALUE!``. When nothing
    is left: ``fallback``, or ``#N/A`` without one.
    """
    raise NotImplementedError
