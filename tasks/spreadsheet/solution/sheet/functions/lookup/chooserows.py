"""The spreadsheet function CHOOSEROWS."""

from sheet.core.coerce import to_integer
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.ranges import as_matrix, cells
from sheet.core.types import Argument, Matrix


@function
def CHOOSEROWS(block: Argument, *rows: Argument) -> Matrix:
    """Return the given rows of ``block``, counted from 1, or from the end when negative.

    Rows may repeat. ``#VALUE!`` for a row that is not there.
    """
    matrix = as_matrix(block)
    wanted = [to_integer(cell) for cell in cells(*rows)]
    if not wanted or any(not 1 <= abs(row) <= len(matrix) for row in wanted):
        raise value_error("the block has no such row")
    return [list(matrix[row - 1 if row > 0 else row]) for row in wanted]
