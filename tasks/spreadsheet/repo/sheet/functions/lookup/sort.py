"""The spreadsheet function SORT."""

from sheet.core.function import function
from sheet.core.types import Argument, Matrix, Value


@function
def SORT(block: Argument, index: Value = 1, order: Value = 1, by_column: Value = False) -> Matrix:
    """Return the rows (or columns) of ``block`` sorted by the cell at ``index``; equal ones keep their order.

    ``order`` is 1 for growing or -1 for falling. ``#VALUE!`` for another order or an index that is not there.
    """
    raise NotImplementedError
