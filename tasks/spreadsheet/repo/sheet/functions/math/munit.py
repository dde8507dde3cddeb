"""The spreadsheet function MUNIT."""

from sheet.core.function import function
from sheet.core.types import Matrix, Value


@function
def MUNIT(size: Value) -> Matrix:
    """Return the unit matrix with ``size`` rows: ones on the diagonal, zeros elsewhere.

    ``#VALUE!`` for a size below 1.
    """
    raise NotImplementedError
