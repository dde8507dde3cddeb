"""The spreadsheet function INDEX."""

from sheet.core.coerce import to_integer
from sheet.core.errors import ref_error, value_error
from sheet.core.function import function
from sheet.core.ranges import as_matrix, shape
from sheet.core.types import Argument, Value


@function
def INDEX(block: Argument, row: Value, column: Value = None) -> Argument:
    """Return the cell of ``block`` at ``row`` and ``column``, counted from 1.

    Row 0 is a whole column and column 0 a whole row. In a single row or column one number is enough. Negative
    numbers are ``#VALUE!``, places outside of the block ``#REF!``.
    """
    matrix = as_matrix(block)
    rows, columns = shape(matrix)
    if column is None and rows == 1 and columns > 1:
        row, column = 1, row
    down, across = to_integer(row), 1 if column is None and columns == 1 else to_integer(column)
    if down < 0 or across < 0:
        raise value_error("rows and columns are counted from 1")
    if down > rows or across > columns:
        raise ref_error("the block has no such cell")
    chosen_rows = matrix if down == 0 else [matrix[down - 1]]
    part = chosen_rows if across == 0 else [[cells[across - 1]] for cells in chosen_rows]
    return part[0][0] if down and across else part
