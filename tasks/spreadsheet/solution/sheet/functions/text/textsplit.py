"""The spreadsheet function TEXTSPLIT."""

from sheet.core.coerce import to_bool, to_text
from sheet.core.errors import na_error, value_error
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
    mark = to_text(column_delimiter)
    if not mark:
        raise value_error("a delimiter is wanted")
    rows = to_text(text).split(to_text(row_delimiter)) if to_text(row_delimiter) else [to_text(text)]
    skip = to_bool(skip_empty)
    parts = [[part for part in row.split(mark) if part or not skip] for row in rows]
    width = max(map(len, parts))
    return [row + [na_error()] * (width - len(row)) for row in parts]
