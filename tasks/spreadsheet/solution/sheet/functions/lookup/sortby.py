"""The spreadsheet function SORTBY."""

from sheet.core.coerce import sort_key, to_integer
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.ranges import as_matrix, vector
from sheet.core.types import Argument, Matrix, Value


@function
def SORTBY(block: Argument, keys: Argument, order: Value = 1) -> Matrix:
    """Return the rows of ``block`` sorted by the values of a column ``keys`` beside it.

    Equal ones keep their order. ``order`` is 1 for growing or -1 for falling. ``#VALUE!`` for another order
    or keys of another length.
    """
    matrix, beside, direction = as_matrix(block), vector(keys), to_integer(order)
    if direction not in {1, -1} or len(beside) != len(matrix):
        raise value_error("one key per row is wanted, and an order of 1 or -1")
    paired = sorted(
        zip(beside, matrix, strict=True), key=lambda pair: sort_key(pair[0]), reverse=direction < 0
    )
    return [row for _, row in paired]
