"""The spreadsheet function FILTER."""

from sheet.core.coerce import to_bool
from sheet.core.errors import na_error, value_error
from sheet.core.function import function
from sheet.core.ranges import as_matrix, shape
from sheet.core.types import Argument, Matrix, Value


@function
def FILTER(block: Argument, include: Argument, fallback: Value = None) -> Matrix:
    """Return the rows (or columns) of ``block`` for which ``include`` is true.

    ``include`` is a column as long as the block, or a row as wide; other sizes are ``#VALUE!``. When nothing
    is left: ``fallback``, or ``#N/A`` without one.
    """
    matrix, chosen = as_matrix(block), as_matrix(include)
    if shape(chosen) == (len(matrix), 1):
        kept = [row for row, [test] in zip(matrix, chosen, strict=True) if to_bool(test)]
    elif shape(chosen) == (1, len(matrix[0])):
        wanted = [column for column, test in enumerate(chosen[0]) if to_bool(test)]
        kept = [[row[column] for column in wanted] for row in matrix] if wanted else []
    else:
        raise value_error("one test per row or per column is wanted")
    if not kept and fallback is None:
        raise na_error("nothing is left")
    return kept or [[fallback]]
