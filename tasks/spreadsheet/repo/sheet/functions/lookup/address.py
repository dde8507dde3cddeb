"""The spreadsheet function ADDRESS."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ADDRESS(row: Value, column: Value, kind: Value = 1) -> str:
    """Return the name of a cell.

    ``kind``: 1 both parts absolute (``$B$3``), 2 only the row (``B$3``), 3 only the column (``$B3``), 4 none
    (``B3``). Numbers below 1 and other kinds are ``#VALUE!``.
    """
    raise NotImplementedError
