"""The spreadsheet function SEQUENCE."""

from sheet.core.function import function
from sheet.core.types import Matrix, Value


@function
def SEQUENCE(rows: Value, columns: Value = 1, start: Value = 1, step: Value = 1) -> Matrix:
    """Return a block of numbers that grow by ``step``, row by row; ``#VALUE!`` for a size below 1."""
    raise NotImplementedError
