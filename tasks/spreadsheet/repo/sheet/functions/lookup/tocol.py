"""The spreadsheet function TOCOL."""

from sheet.core.function import function
from sheet.core.types import Argument, Matrix, Value


@function
def TOCOL(block: Argument, skip: Value = 0) -> Matrix:
    """Return all cells as one column, row by row.

    ``skip``: 0 nothing, 1 blanks, 2 errors, 3 both; others are ``#VALUE!``. ``#N/A`` when nothing is left.
    """
    raise NotImplementedError
