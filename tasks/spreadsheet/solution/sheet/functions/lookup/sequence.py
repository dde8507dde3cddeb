"""The spreadsheet function SEQUENCE."""

from sheet.core.coerce import to_integer, to_number
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Matrix, Value


@function
def SEQUENCE(rows: Value, columns: Value = 1, start: Value = 1, step: Value = 1) -> Matrix:
    """Return a block of numbers that grow by ``step``, row by row; ``#VALUE!`` for a size below 1."""
    height, width = to_integer(rows), to_integer(columns)
    first, growth = to_number(start), to_number(step)
    if height < 1 or width < 1:
        raise value_error("a size of at least 1 is wanted")
    return [[first + (row * width + column) * growth for column in range(width)] for row in range(height)]
