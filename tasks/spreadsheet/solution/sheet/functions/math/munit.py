"""The spreadsheet function MUNIT."""

from sheet.core.coerce import to_integer
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Matrix, Value


@function
def MUNIT(size: Value) -> Matrix:
    """Return the unit matrix with ``size`` rows: ones on the diagonal, zeros elsewhere.

    ``#VALUE!`` for a size below 1.
    """
    count = to_integer(size)
    if count < 1:
        raise value_error("a size of at least 1 is wanted")
    return [[int(row == column) for column in range(count)] for row in range(count)]
