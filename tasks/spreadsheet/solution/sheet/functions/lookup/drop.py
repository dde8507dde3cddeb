"""The spreadsheet function DROP."""

from sheet.core.coerce import to_integer
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.ranges import as_matrix, shape
from sheet.core.types import Argument, Matrix, Value


def _span(count: Value, length: int) -> slice:
    number = to_integer(count)
    return slice(number, length) if number >= 0 else slice(0, max(length + number, 0))


@function
def DROP(block: Argument, rows: Value = None, columns: Value = None) -> Matrix:
    """Return ``block`` without its first rows and columns, or without the last ones for negative numbers.

    A blank number drops nothing. ``#VALUE!`` when nothing would be left.
    """
    matrix = as_matrix(block)
    height, width = shape(matrix)
    part = [row[_span(columns, width)] for row in matrix[_span(rows, height)]]
    if not part or not part[0]:
        raise value_error("nothing is left")
    return part
