"""The spreadsheet function CHOOSECOLS."""

from sheet.core.coerce import to_integer
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.ranges import as_matrix, cells, shape
from sheet.core.types import Argument, Matrix


@function
def CHOOSECOLS(block: Argument, *columns: Argument) -> Matrix:
    """Return the given columns of ``block``, counted from 1, or from the end when negative.

    Columns may repeat. ``#VALUE!`` for a column that is not there.
    """
    matrix = as_matrix(block)
    width = shape(matrix)[1]
    wanted = [to_integer(cell) for cell in cells(*columns)]
    if not wanted or any(not 1 <= abs(column) <= width for column in wanted):
        raise value_error("the block has no such column")
    return [[row[column - 1 if column > 0 else column] for column in wanted] for row in matrix]
