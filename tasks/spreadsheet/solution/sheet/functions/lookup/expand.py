"""The spreadsheet function EXPAND."""

from sheet.core.coerce import to_integer
from sheet.core.errors import na_error, value_error
from sheet.core.function import function
from sheet.core.ranges import as_matrix, shape
from sheet.core.types import Argument, Matrix, Value


@function
def EXPAND(block: Argument, rows: Value = None, columns: Value = None, filling: Value = None) -> Matrix:
    """Return ``block`` enlarged to so many rows and columns.

    New cells hold ``filling``, or ``#N/A`` without one. A blank number keeps the size. ``#VALUE!`` for a
    number below the size.
    """
    matrix = as_matrix(block)
    height, width = shape(matrix)
    new_height = height if rows is None else to_integer(rows)
    new_width = width if columns is None else to_integer(columns)
    if new_height < height or new_width < width:
        raise value_error("a block can only grow")
    cell = na_error("added") if filling is None else filling
    wide = [[*row, *[cell] * (new_width - width)] for row in matrix]
    return wide + [[cell] * new_width for _ in range(new_height - height)]
