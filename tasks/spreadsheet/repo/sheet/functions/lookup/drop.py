"""The spreadsheet function DROP."""

from sheet.core.function import function
from sheet.core.types import Argument, Matrix, Value


@function
def DROP(block: Argument, rows: Value = None, columns: Value = None) -> Matrix:
    """Return ``block`` without its first rows and columns, or without the last ones for negative numbers.

    A blank number drops nothing. ``#VALUE!`` when nothing would be left.
    """
    raise NotImplementedError
