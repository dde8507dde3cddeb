"""The spreadsheet function EXPAND."""

from sheet.core.function import function
from sheet.core.types import Argument, Matrix, Value


@function
def EXPAND(block: Argument, rows: Value = None, columns: Value = None, filling: Value = None) -> Matrix:
    """Return ``block`` enlarged to so many rows and columns.

    New cells hold ``filling``, or ``#N/A`` without one. A blank number keeps the size. ``#VALUE!`` for a
    number below the size.
    """
    raise NotImplementedError
