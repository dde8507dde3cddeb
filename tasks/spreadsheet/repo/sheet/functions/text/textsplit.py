"""The spreadsheet function TEXTSPLIT."""

from sheet.core.function import function
from sheet.core.types import Matrix, Value


@function
def TEXTSPLIT(
    text: Value, column_delimiter: Value, row_delimiter: Value = None, skip_empty: Value = False
) -> Matrix:
    """Return the parts of ``text`` as a matrix.

    ``row_delimiter`` divides rows, ``column_delimiter`` the cells of a row; short rows are filled with
    ``#N/A``. With ``skip_empty``, empty parts are left out. ``#VALUE!`` for an empty column delimiter.
    """
    raise NotImplementedError
