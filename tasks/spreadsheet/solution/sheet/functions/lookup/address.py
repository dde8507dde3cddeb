"""The spreadsheet function ADDRESS."""

from sheet.core.coerce import to_integer
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def ADDRESS(row: Value, column: Value, kind: Value = 1) -> str:
    """Return the name of a cell.

    ``kind``: 1 both parts absolute (``$B$3``), 2 only the row (``B$3``), 3 only the column (``$B3``), 4 none
    (``B3``). Numbers below 1 and other kinds are ``#VALUE!``.
    """
    number, rest, chosen = to_integer(row), to_integer(column), to_integer(kind)
    if number < 1 or rest < 1 or chosen not in {1, 2, 3, 4}:
        raise value_error("rows and columns are counted from 1")
    letters = ""
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{'$' if chosen in {1, 3} else ''}{letters}{'$' if chosen in {1, 2} else ''}{number}"
