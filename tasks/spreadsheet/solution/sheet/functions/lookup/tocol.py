"""The spreadsheet function TOCOL."""

from sheet.core.coerce import to_integer
from sheet.core.errors import CellError, na_error, value_error
from sheet.core.function import function
from sheet.core.ranges import cells
from sheet.core.types import Argument, Matrix, Value


@function
def TOCOL(block: Argument, skip: Value = 0) -> Matrix:
    """Return all cells as one column, row by row.

    ``skip``: 0 nothing, 1 blanks, 2 errors, 3 both; others are ``#VALUE!``. ``#N/A`` when nothing is left.
    """
    mode = to_integer(skip)
    if mode not in {0, 1, 2, 3}:
        raise value_error("skip is 0 to 3")
    kept = [
        [cell]
        for cell in cells(block)
        if not (cell is None and mode in {1, 3}) and not (isinstance(cell, CellError) and mode in {2, 3})
    ]
    if not kept:
        raise na_error("nothing is left")
    return kept
