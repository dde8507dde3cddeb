"""The spreadsheet function SORT."""

from sheet.core.coerce import sort_key, to_bool, to_integer
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.ranges import as_matrix
from sheet.core.types import Argument, Matrix, Value


@function
def SORT(block: Argument, index: Value = 1, order: Value = 1, by_column: Value = False) -> Matrix:
    """Return the rows (or columns) of ``block`` sorted by the cell at ``index``; equal ones keep their order.

    ``order`` is 1 for growing or -1 for falling. ``#VALUE!`` for another order or an index that is not there.
    """
    matrix = as_matrix(block)
    upright = not to_bool(by_column)
    lines = matrix if upright else [list(column) for column in zip(*matrix, strict=True)]
    position, direction = to_integer(index), to_integer(order)
    if direction not in {1, -1} or not 1 <= position <= len(lines[0]):
        raise value_error("the order is 1 or -1, the index one of the cells")
    ordered = sorted(lines, key=lambda line: sort_key(line[position - 1]), reverse=direction < 0)
    return ordered if upright else [list(row) for row in zip(*ordered, strict=True)]
